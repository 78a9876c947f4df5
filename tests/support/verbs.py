"""What every layer must be able to do, as one base class of tests."""

import json

import keras
import numpy as np
import pytest
from keras import ops


class LayerVerbs:
    """Subclass it as `TestSomething`, say which layer and which inputs, and the layer is put
    through every verb.

    Attributes:
        layer_class: the class.
        arguments: its keyword arguments; override `layer` where they cannot be shared between two
            layers.
        always_float32: whether it computes in float32 whatever the policy.
    """

    layer_class = None
    arguments = {}
    always_float32 = False

    def inputs(self):
        """A numpy array, or a list of them."""
        raise NotImplementedError

    def layer(self, **more):
        return self.layer_class(**self.arguments, **more)

    def built(self, **more):
        """A layer with weights that are not those it began with."""
        layer = self.layer(**more)
        layer(self.inputs(), training=False) if takes_training(layer) else layer(self.inputs())
        rng = np.random.default_rng(0)
        for variable in layer.weights:
            if "float" in variable.dtype:
                variable.assign(rng.normal(size=variable.shape))
        return layer

    def test_the_output_has_the_computed_shape(self):
        layer, inputs = self.layer(), self.inputs()
        shapes = [x.shape for x in inputs] if isinstance(inputs, list) else inputs.shape
        assert tuple(layer(inputs).shape) == tuple(layer.compute_output_shape(shapes))

    def test_the_configuration_is_json_and_makes_the_same_layer(self):
        config = self.layer().get_config()
        again = self.layer_class.from_config(json.loads(json.dumps(config)))
        assert again.get_config() == config

    def test_saved_and_loaded_it_computes_the_same(self, tmp_path):
        model = functional(self.built(), self.inputs())
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(
            loaded(self.inputs(), training=False), model(self.inputs(), training=False)
        )

    @pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])
    def test_in_low_precision_the_output_keeps_its_type_and_is_finite(self, policy):
        layer = self.layer(dtype=policy)
        output = layer(self.inputs())
        expected = "float32" if self.always_float32 else layer.compute_dtype
        assert keras.backend.standardize_dtype(output.dtype) == expected
        assert np.isfinite(ops.convert_to_numpy(ops.cast(output, "float32"))).all()


def takes_training(layer):
    return layer._call_has_training_arg


def functional(layer, inputs):
    """A functional model of this one layer."""
    symbols = (
        [keras.Input(x.shape[1:]) for x in inputs]
        if isinstance(inputs, list)
        else keras.Input(inputs.shape[1:])
    )
    return keras.Model(symbols, layer(symbols))
