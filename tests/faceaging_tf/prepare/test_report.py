"""The report of a corpus, against corpora written by hand."""

import base64
import collections
import dataclasses
import html.parser
import io
import json

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.parallel.place import Place
from faceaging_tf.prepare.findings import shown
from faceaging_tf.prepare.preparing import CORPUS, DROPPED, DROPPED_COLUMNS
from faceaging_tf.prepare.report import report_html
from faceaging_tf.prepare.rows import COLUMNS, parquet_bytes
from faceaging_tf.prepare.settings import Settings

HOSTILE = "a\nb/\"><script>alert(1)</script>\u202e&amp;'.jpg"
VOID = {"meta", "img", "br"}


def face(age, high=None, shade=0, **columns):
    """A row of a corpus; its picture is of one shade."""
    target = io.BytesIO()
    Image.fromarray(np.full((16, 16, 3), shade, "uint8")).save(target, "WEBP", lossless=True)
    row = {
        "file": f"{age}_{shade}.jpg",
        "age_min": age,
        "age_max": age if high is None else high,
        "age_estimated": False,
        "age_estimate": age,
    }
    row |= {"sex": "female", "person": "", "source": "drawn", "split": "train", "attributes": "{}"}
    row |= {"width": 99, "height": 99, "faces": 1, "score": 1.0}
    row |= {
        "image": {"bytes": target.getvalue(), "path": None},
        "face_size": 150.0,
        "turned": 0.0,
        "sharpness": 0.1,
        "flags": "",
        "content": "",
    }
    return row | columns


def drop(file, reason, detail="", **columns):
    return {
        "file": file,
        "reason": reason,
        "detail": detail,
        "age_min": None,
        "age_max": None,
        "sex": "",
        "source": "drawn",
        **columns,
    }


def corpus(folder, faces, dropped=(), shard=3, image_size=16):
    """A finished corpus."""
    place, shards = Place(folder), []
    for start in range(0, len(faces), shard):
        shards.append(
            {"file": f"faces-{start:06d}.parquet", "faces": len(faces[start : start + shard])}
        )
        place.write(shards[-1]["file"], parquet_bytes(faces[start : start + shard], COLUMNS))
    place.write(DROPPED, parquet_bytes(list(dropped), DROPPED_COLUMNS))
    told = {"format": 1, "made_by": "faceaging-tf 0", "layout": "utkface", "image_size": image_size}
    told |= {"settings": dataclasses.asdict(Settings(image_size=image_size))}
    told |= {"files": len(faces) + len(dropped), "faces": len(faces), "shards": shards, "plan": ""}
    told |= {
        "splits": collections.Counter(row["split"] for row in faces),
        "dropped": collections.Counter(row["reason"] for row in dropped),
    }
    place.write(CORPUS, json.dumps(told).encode())
    return place


class Page(html.parser.HTMLParser):
    """A page as a browser takes it: its tags, its text by section, the rows of its tables, its
    pictures with their captions.
    """

    def __init__(self, content):
        super().__init__()
        self.tags, self.references, self.open = collections.Counter(), [], []
        self.sections, self.rows, self.figures, self.heading = {}, {}, [], ""
        self.feed(content.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        named = dict(attributes)
        self.references += [
            value
            for name, value in attributes
            if name in ("src", "href", "action", "data", "srcset")
        ]
        assert not [name for name in named if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h2", "h3"):
            self.heading = ""
        if tag == "tr":
            self.row = []
        if tag in ("td", "th"):
            self.row.append("")
        if tag == "figure":
            self.figures.append({"section": self.section, "class": named.get("class"), "text": ""})
        if tag == "img":
            self.figures[-1]["picture"] = named["src"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "h2":
            self.section = self.heading
        if tag == "tr" and self.row[0]:
            self.rows[self.heading, self.row[0]] = [cell for cell in self.row[1:] if cell]

    def handle_data(self, text):
        if "h2" in self.open or "h3" in self.open:
            self.heading += text
        elif self.open and self.open[-1] in ("td", "th"):
            self.row[-1] += text
        elif "figure" in self.open:
            self.figures[-1]["text"] += text + " "
        elif hasattr(self, "section"):
            self.sections[self.section] = self.sections.get(self.section, "") + text.replace(
                "\u00a0", " "
            )

    def captions(self, section):
        return [
            " ".join(figure["text"].split())
            for figure in self.figures
            if figure["section"].startswith(section)
        ]

    def shades(self, section):
        shades = []
        for figure in (figure for figure in self.figures if figure["section"].startswith(section)):
            with Image.open(
                io.BytesIO(
                    base64.b64decode(figure["picture"].removeprefix("data:image/jpeg;base64,"))
                )
            ) as picture:
                shades.append(round(np.asarray(picture).mean()))
        return shades

    def row_of(self, chart, name):
        return [cell.replace("\u00a0", " ") for cell in self.rows[chart, name]]

    def text(self, section):
        return " ".join(self.sections[section].split())


MIXED = (
    [
        face(3, shade=10, sharpness=0.9),
        face(4, sex=None, source="other"),
        face(20, 29, shade=20, sex="male", age_estimate=60.0, flags="implausible age"),
        face(31.4, age_estimated=True, shade=30, sharpness=0.05),
        face(35, split="test", file=HOSTILE, sharpness=0.03),
        face(60, 80, shade=40, split="validation", person="p", age_estimate=95.0),
    ],
    [
        drop(
            HOSTILE, "no face", "No face was found in <it>.", age_min=25.0, age_max=29.0, sex="male"
        ),
        *(
            drop(f"small{number}.jpg", "small face", "Too small.", age_min=95.0, age_max=95.0)
            for number in range(7)
        ),
        drop("unlabelled.jpg", "label", "no age in it", source=None),
    ],
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return Page(report_html(corpus(tmp_path_factory.mktemp("corpus"), *MIXED)))


def test_what_it_is(page):
    text = page.text("In short")
    for fact in (
        "15files met",
        "6faces kept, 40 %",
        "9dropped, 60 %",
        "16 pxside of the faces",
        "1person known",
    ):
        assert fact in text
    assert "4to train on1for validation1to test" in text
    assert (
        "3 (50 %) are exact, 2 (33 %) are ranges, such as 20 to 29, and 1 (17 %) are estimated"
        in text
    )


def test_ages_before_and_after(page):
    # Columns: files, in the corpus, estimated, share of the corpus.
    assert page.row_of("Ages", "0 to 9") == ["2", "2", "0", "33 %"]
    assert page.row_of("Ages", "10 to 19") == ["0", "0", "0", "0 %"]
    assert page.row_of("Ages", "20 to 29") == ["2", "1", "0", "17 %"]
    # One of two had no label before it was estimated.
    assert page.row_of("Ages", "30 to 39") == ["1", "2", "1", "33 %"]
    # A range of 60 to 80 counts at 70.
    assert page.row_of("Ages", "70 to 79") == ["1", "1", "0", "17 %"]
    assert page.row_of("Ages", "90 and over") == ["7", "0", "0", "0 %"]
    assert page.row_of("Ages", "not known") == ["2", "0", "0", "0 %"]


def test_sexes_and_sources_before_and_after(page):
    assert page.row_of("Sex", "female") == ["4", "4", "67 %"]
    assert page.row_of("Sex", "male") == ["2", "1", "17 %"]
    assert page.row_of("Sex", "not known") == ["9", "1", "17 %"]
    assert page.row_of("Source", "drawn") == ["13", "5", "83 %"]
    assert page.row_of("Source", "other") == ["1", "1", "17 %"]
    assert page.row_of("Source", "not known") == ["1", "0", "0 %"]


def test_reasons_with_examples(page):
    text = page.text("Why files were dropped")
    assert text.startswith("small face7 files, 47 %: the face is smaller than asked.")
    assert (
        "no face1 file, 6.7 %: no face was found." in text
        and "label1 file, 6.7 %: its name or label could not be understood." in text
    )
    # Five of the seven.
    assert [f"small{number}.jpg Too small." in text for number in range(7)] == [True] * 5 + [
        False
    ] * 2


def test_names_are_shown_as_they_are_and_are_no_html(page):
    written = "a\\nb/\"><script>alert(1)</script>\\u202e&amp;'.jpg"
    assert page.tags["script"] == 0
    assert f"{written} No face was found in <it>." in page.text("Why files were dropped")
    assert page.captions("The blurriest")[0] == f"35 looks 35 sharpness 0.030 {written}"


def test_faces_by_age(page):
    assert page.captions("Faces by age") == [
        "3 looks 3",
        "4 looks 4",
        "20 to 29 looks 60",
        "about 31 estimated",
        "35 looks 35",
        "60 to 80 looks 95",
    ]
    assert [figure["class"] for figure in page.figures if figure["section"] == "Faces by age"] == [
        None,
        None,
        None,
        "estimated",
        None,
        None,
    ]


def test_pictures_are_those_of_the_faces(page):
    assert page.shades("Faces by age") == [10, 0, 20, 30, 0, 40]


def test_the_blurriest_come_first(page):
    sharpness = [
        caption.split("sharpness ")[1].split()[0] for caption in page.captions("The blurriest")
    ]
    assert sharpness == ["0.030", "0.050", "0.100", "0.100", "0.100", "0.900"]


def test_the_most_doubtful_labels_are_the_furthest_off(page):
    assert page.captions("The most doubtful") == [
        "20 to 29 looks 60 sharpness 0.100 implausible age 20_20.jpg",
        "60 to 80 looks 95 sharpness 0.100 60_40.jpg",
    ]


def test_what_it_means_for_training(page):
    text = page.text("What that means for training")
    assert (
        "There are only 4 faces to train on." in text
        and "47 % of the files were dropped for one reason, small face" in text
    )


def test_nothing_is_fetched(tmp_path):
    content = report_html(corpus(tmp_path, [face(age) for age in range(0, 100, 5)]))
    assert all(reference.startswith("data:image/") for reference in Page(content).references)
    assert not [
        word for word in (b"http", b"url(", b"@import", b"<script", b"<link") if word in content
    ]


def test_the_same_corpus_gives_the_same_bytes(tmp_path):
    assert report_html(corpus(tmp_path / "one", *MIXED)) == report_html(
        corpus(tmp_path / "other", *MIXED)
    )


def test_shards_do_not_matter(tmp_path):
    assert report_html(corpus(tmp_path / "one", *MIXED, shard=1)) == report_html(
        corpus(tmp_path / "other", *MIXED, shard=100)
    )


def test_object_storage_gives_the_same(tmp_path):
    assert report_html(corpus("memory://report", *MIXED)) == report_html(corpus(tmp_path, *MIXED))


def test_ways_that_ages_are_not_known_in_are_not_named(tmp_path):
    assert "Of the ages in the corpus, 2 (100 %) are exact." in Page(
        report_html(corpus(tmp_path, [face(30), face(40)]))
    ).text("In short")


def test_nothing_dropped_and_no_doubt(tmp_path):
    page = Page(report_html(corpus(tmp_path, [face(30), face(40)])))
    assert page.text("Why files were dropped") == "None was."
    assert (
        page.text("The most doubtful labels") == "No label differs from what the age network sees."
    )


def test_no_face_at_all(tmp_path):
    page = Page(report_html(corpus(tmp_path, [], [drop("a.jpg", "no face")])))
    assert page.tags["img"] == 0 and "No face got into the corpus" in page.text(
        "What that means for training"
    )


def test_a_decade_shows_eight_faces_from_its_youngest_to_its_oldest(tmp_path):
    page = Page(
        report_html(
            corpus(
                tmp_path, [face(20 + number / 10, shade=number) for number in range(100)], shard=70
            )
        )
    )
    assert [caption.split()[0] for caption in page.captions("Faces by age")] == [
        "20",
        "21.4",
        "22.8",
        "24.2",
        "25.7",
        "27.1",
        "28.5",
        "29.9",
    ]
    assert page.shades("Faces by age") == [0, 14, 28, 42, 57, 71, 85, 99]


def test_pictures_are_bounded_in_number_and_size(tmp_path):
    noise = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (512, 512, 3), "uint8")).save(
        noise, "WEBP", lossless=True
    )
    rows = [
        face(number % 100, age_estimate=50.0, image={"bytes": noise.getvalue(), "path": None})
        for number in range(200)
    ]
    content = report_html(corpus(tmp_path, rows, shard=64, image_size=512))
    assert Page(content).tags["img"] == 10 * 8 + 16 + 16
    # Noise is the worst there is: 192x192 at 3 bytes a pixel, and a third for base64.
    assert len(content) < 112 * 192 * 192 * 3 * 4 / 3


def test_many_sources_are_counted_together(tmp_path):
    page = Page(
        report_html(corpus(tmp_path, [face(30, source=f"s{number:02d}") for number in range(25)]))
    )
    assert page.row_of("Source", "5 others") == ["5", "5", "20 %"]


def test_a_source_named_in_a_sentence_is_no_html(tmp_path):
    rows = [
        face(age, source=source)
        for age, source in ((30, "<script>alert(1)</script>"), (50, "other"))
        for _ in range(20)
    ]
    page = Page(report_html(corpus(tmp_path, rows, shard=40)))
    assert page.tags[
        "script"
    ] == 0 and "are from one source, <script>alert(1)</script>:" in page.text(
        "What that means for training"
    )


def test_long_names_lose_their_middle():
    assert shown("a" * 100 + "b" * 100 + ".jpg") == "a" * 79 + "…" + "b" * 75 + ".jpg"


def test_names_are_on_one_line():
    assert shown("a\r\n\t\u2028é漢.jpg") == "a\\r\\n\\t\\u2028é漢.jpg"
