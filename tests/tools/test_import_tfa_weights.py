"""A Keras 2 CycleGAN with tensorflow-addons as a preset, against what TensorFlow 2.15 made of the
same faces (`tools/tfa_fixture.py`).
"""

import importlib.util
import pathlib
import shutil
import zipfile

import h5py
import numpy as np
import pytest

import zoo
from zoo.presets import files as preset_files

ROOT = pathlib.Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location(
    "import_tfa_weights", ROOT / "tools" / "import_tfa_weights.py"
)
tool = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tool)
DATA = ROOT / "tests" / "data" / "tfa"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Folder of the files that Keras 2 wrote."""
    folder = tmp_path_factory.mktemp("weights")
    with zipfile.ZipFile(DATA / "weights.zip") as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def preset(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported") / "preset"
    assert (
        tool.main([str(weights / "cyclegan.h5"), "--out", str(folder), "--image_size", "32"]) == 0
    )
    return folder


@pytest.fixture(scope="module")
def model(preset):
    return zoo.load(preset)


@pytest.fixture(scope="module")
def outputs():
    with np.load(DATA / "outputs.npz") as stored:
        return dict(stored)


@pytest.fixture
def refusal(capsys, tmp_path):
    """The one sentence with which the tool refuses; nothing is written."""

    def refused(*arguments):
        out = tmp_path / "refused"
        assert tool.main([*map(str, arguments), "--image_size", "32", "--out", str(out)]) == 2
        assert not out.exists()
        printed, said = capsys.readouterr()
        assert not printed and said.count("\n") == 1 and "Traceback" not in said
        return said

    return refused


@pytest.fixture
def changed(weights, tmp_path):
    """A copy of the whole CycleGAN's file after `change(file)`."""

    def copy(change):
        path = shutil.copy(weights / "cyclegan.h5", tmp_path / "changed.h5")
        with h5py.File(path, "r+") as file:
            change(file)
        return path

    return copy


@pytest.mark.parametrize(
    "name, part", [("generator_G", "aging_generator"), ("generator_F", "rejuvenation_generator")]
)
def test_the_presets_generators_give_what_the_original_gave(model, outputs, name, part):
    np.testing.assert_allclose(getattr(model, part)(outputs["faces"]), outputs[name], atol=1e-4)


@pytest.mark.parametrize("years, name", [(40, "generator_G"), (-40, "generator_F")])
def test_it_ages_faces_by_the_original(model, outputs, years, name):
    pixels = lambda images: np.rint((images + 1.0) * 127.5)
    aged = model.transform(pixels(outputs["faces"]).astype("uint8"), years, ages=30)
    assert np.abs(aged - pixels(outputs[name])).max() <= 1


def test_the_generators_may_come_in_a_file_each(weights, outputs, tmp_path):
    files = [str(weights / f"{name}.h5") for name in ("generator_F", "generator_G")]
    assert tool.main([*files, "--out", str(tmp_path / "preset"), "--image_size", "32"]) == 0
    model = zoo.load(tmp_path / "preset")
    np.testing.assert_allclose(
        model.aging_generator(outputs["faces"]), outputs["generator_F"], atol=1e-4
    )
    np.testing.assert_allclose(
        model.rejuvenation_generator(outputs["faces"]), outputs["generator_G"], atol=1e-4
    )


def test_which_makes_older_the_ages_and_epsilon_are_as_told(weights, outputs, tmp_path):
    told = [
        "--aging",
        "generator_F",
        "--rejuvenation",
        "generator_G",
        "--younger",
        "20,30",
        "--older",
        "50,70",
        "--epsilon",
        "0.1",
    ]
    assert (
        tool.main(
            [
                str(weights / "cyclegan.h5"),
                "--out",
                str(tmp_path / "preset"),
                "--image_size",
                "32",
                *told,
            ]
        )
        == 0
    )
    model = zoo.load(tmp_path / "preset")
    assert (model.younger, model.older, model.gap) == ((20, 30), (50, 70), 35)
    assert model.aging_generator.network_config["epsilon"] == 0.1
    np.testing.assert_array_equal(
        model.aging_generator.get_layer("head_convolution").bias,
        _array(weights, "generator_F", "bias"),
    )
    # With another epsilon than its own it is not the original any more.
    assert np.abs(model.aging_generator(outputs["faces"]) - outputs["generator_F"]).max() > 1e-2


def _array(weights, part, kind):
    with h5py.File(weights / "cyclegan.h5") as file:
        names = [name for name in file[part].attrs["weight_names"] if name.endswith(f"{kind}:0")]
        return file[part][names[-1]][()]


def test_it_estimates_ages_as_the_zoos_age_network(model, outputs):
    faces = np.rint((outputs["faces"] + 1.0) * 127.5).astype("uint8")
    np.testing.assert_allclose(
        model.estimate_ages(faces), zoo.load("age_network").estimate_ages(faces), atol=1e-3
    )


def test_the_preset_says_where_it_came_from_and_whose_terms_it_has(weights, preset):
    content = preset_files.check(preset)
    assert (
        preset_files.sha256(weights / "cyclegan.h5") in content["recipe"]
        and "generator_G makes older" in content["recipe"]
    )
    assert "their owner's" in content["licence"] and "not known" in content["training_data"]
    card = (preset / "README.md").read_text(encoding="utf-8")
    assert "cut out is not known" in card and 'zoo.load("this folder")' in card


def test_the_weights_inside_a_whole_saved_model_are_read(weights, tmp_path):
    with h5py.File(weights / "cyclegan.h5") as old, h5py.File(tmp_path / "model.h5", "w") as new:
        old.copy("/", new, name="model_weights")
    first, second = (
        tool.tfa_weights.read_generators(path, ["generator_F"])
        for path in (weights / "cyclegan.h5", tmp_path / "model.h5")
    )
    assert all(
        np.array_equal(a, b) for a, b in zip(first[0].arrays, second[0].arrays, strict=True)
    ) and (first[0].filters, first[0].blocks) == (4, 2)


def test_the_fixture_was_made_by_tensorflow_2_15_and_addons_0_23():
    versions = preset_files.read_json(DATA / "versions.json")
    assert versions["tensorflow"].startswith("2.15.") and versions["tensorflow-addons"].startswith(
        "0.23."
    )
    assert (ROOT / "tools" / "tfa_fixture.py").is_file()


def test_no_file_is_refused(refusal, tmp_path):
    assert "There is no file" in refusal(tmp_path / "none.h5")


def test_a_file_that_is_no_hdf5_is_refused(refusal, tmp_path):
    (tmp_path / "checkpoint.h5").write_text("model_checkpoint_path")
    assert "is no HDF5 file; save it with Keras 2" in refusal(tmp_path / "checkpoint.h5")


def test_a_truncated_file_is_refused(refusal, weights, tmp_path):
    (tmp_path / "half.h5").write_bytes((weights / "cyclegan.h5").read_bytes()[:100_000])
    assert "is damaged" in refusal(tmp_path / "half.h5")


def test_a_file_of_keras_3_is_refused(refusal, preset):
    assert "in the newer format of .weights.h5 files" in refusal(preset / "model.weights.h5")


def test_other_data_is_refused(refusal, tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["faces"] = np.zeros(3)
    assert "is no weights file of Keras 2" in refusal(tmp_path / "data.h5")


def test_a_unet_is_refused(refusal, weights):
    assert "begins with a convolution of 4x4, as a U-Net" in refusal(weights / "unet.h5")


def test_one_generator_alone_is_refused(refusal, weights):
    assert "holds one network, not a whole CycleGAN; give the files of both generators" in refusal(
        weights / "generator_G.h5"
    )


def test_a_discriminator_is_no_generator(refusal, weights):
    assert "or a discriminator does" in refusal(
        weights / "cyclegan.h5", "--aging", "discriminator_X"
    )


def test_a_part_that_is_not_there_is_named(refusal, weights):
    said = refusal(weights / "cyclegan.h5", "--aging", "gen_G")
    assert (
        "has no part 'gen_G', only generator_G, generator_F, discriminator_X, discriminator_Y"
        in said
    )


def without(kinds, number=None):
    """Takes the first `number` weights of those kinds from generator_G."""

    def change(file):
        names = list(file["generator_G"].attrs["weight_names"])
        gone = [name for name in names if name.rpartition("/")[2] in kinds][:number]
        file["generator_G"].attrs["weight_names"] = [name for name in names if name not in gone]

    return change


def test_normalizations_without_gamma_and_beta_are_refused(refusal, changed):
    path = changed(without(("gamma:0", "beta:0")))
    assert "has 10 convolutions with 0 gamma and 0 beta" in refusal(path)


def test_missing_layers_are_refused(refusal, changed):
    path = changed(without(("kernel:0", "gamma:0", "beta:0"), 3))
    assert (
        "has 9 convolutions; the generator of the Keras examples' CycleGAN has 6 and two more for each residual block"
        in refusal(path)
    )


def test_another_network_of_as_many_convolutions_is_refused(refusal, changed):
    path = changed(without(("kernel:0", "gamma:0", "beta:0"), 6))
    assert (
        "(filters: 16, residual blocks: 1) has the kernel of its first convolution, (7, 7, 3, 16); it is another network"
        in refusal(path)
    )


def test_a_missing_array_is_damage(refusal, changed):
    def change(file):
        del file["generator_G"][file["generator_G"].attrs["weight_names"][0]]

    assert "is damaged" in refusal(changed(change))


def test_weights_that_are_not_finite_are_refused(refusal, changed):
    def change(file):
        file["generator_F"][file["generator_F"].attrs["weight_names"][4]][...] = np.nan

    assert "that is not finite" in refusal(changed(change))


@pytest.mark.parametrize(
    "flags, sentence",
    [
        (
            ["--younger", "60,100", "--older", "20,40"],
            "--younger 60,100 is no younger than --older 20,40",
        ),
        (["--younger", "twenty"], "--younger was twenty; it needs two whole ages"),
        (["--rejuvenation", "generator_G"], "--aging and --rejuvenation are both generator_G"),
        (["--age_network", "cyclegan"], "--age_network cyclegan is a CycleGAN"),
        (["--filters", "4"], "Unknown command line flag 'filters'"),
    ],
)
def test_flags_that_do_not_fit_are_refused(refusal, weights, flags, sentence):
    assert sentence in refusal(weights / "cyclegan.h5", *flags)


def test_an_existing_folder_is_not_written_to(capsys, weights, preset):
    before = preset_files.sha256(preset / "model.weights.h5")
    assert tool.main([str(weights / "cyclegan.h5"), "--out", str(preset)]) == 2
    assert "is there already; choose another folder" in capsys.readouterr().err
    assert preset_files.sha256(preset / "model.weights.h5") == before


def test_without_out_it_shows_an_example(capsys, weights):
    assert tool.main([str(weights / "cyclegan.h5")]) == 2
    assert "--out; for example" in capsys.readouterr().err
