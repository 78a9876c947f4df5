"""The page of the demo, built with Gradio."""

import functools
import os
import secrets
import shutil
from pathlib import Path

import gradio as gr

from faceaging_tf.photo import FaceDetector, PhotoError, write_photo
from faceaging_tf.photo.writing import ending_for
from faceaging_tf.video import VideoError
from zoo import loading
from zoo.web import markup, photos, texts

YOUNGEST, OLDEST, AT_FIRST = -20, 40, 20
# Seconds that a photo stays in memory after it was chosen; sooner where the page is closed.
KEPT = 3600
NO_OTHER = "none"
# One divider for all pictures: it stays where it is when they change.
DIVIDER = (
    '<label class="divider">Before and after<input type="range" id="divider" min="0" max="100" value="50" '
    "oninput=\"document.documentElement.style.setProperty('--divider', this.value + '%')\"></label>"
)
# Those of the parts of ageing that a visitor can weigh, and what they are called.
STRENGTHS = {
    "wrinkles": "Wrinkles",
    "tone": "Tone of the skin",
    "shape": "Shape of the head",
    "hair": "Grey hair",
}
# What may become of the hair.
HAIR = [("greys by the years", "auto"), ("stays", "keep"), ("grey", "grey")]
# Where the keyboard goes on: the button that had the focus is gone after an upload.
TO_YEARS = """() => { setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector('#years input[type=range]')?.focus({preventScroll: true});
    if (document.getElementById('pair')?.getBoundingClientRect().bottom > innerHeight) document.getElementById('status').scrollIntoView();
}, 300); }"""
# Once the button has its address.
FETCH = "() => { setTimeout(() => document.getElementById('ready').click(), 300); }"


class Demo:
    """What the page does, entry by entry and photo by photo.

    Photos are passed in and out: whose is whose is the page's business.

    Args:
        entries: names of entries or folders of presets.
        folder: where uploads arrive and pictures to save wait to be fetched.
    """

    def __init__(self, entries, folder):
        self.entries = list(entries)
        self.folder = Path(folder)
        self.detector = FaceDetector()
        # Loaded when first asked for, and kept.
        self.model = functools.cache(loading.load)

    def open(self, path, entry):
        """The `VisitorPhoto` of an upload, which is removed.

        Raises:
            PhotoError: see `open_visitor_photo`; or it was removed before its turn came.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise PhotoError(
                f"'{path.name}' waited too long for its turn and was removed; choose it again."
            ) from error
        # Gradio puts each upload in a folder of its own.
        shutil.rmtree(path.parent) if path.parent != self.folder else path.unlink()
        return photos.open_visitor_photo(path.name, content, self.model(entry), self.detector)

    def parts(self, entry):
        """The parts of ageing that an entry has and a visitor can weigh."""
        return [part for part in getattr(self.model(entry), "parts", ()) if part in STRENGTHS]

    def futures(self, entry):
        """How many futures an entry has."""
        return getattr(self.model(entry), "futures", 1)

    def manner(self, entry, future, hair, *strengths):
        """Of a future, a wish for hair and strengths in the order of `STRENGTHS` what an entry
        takes, and of strengths what is not 1.
        """
        has = self.parts(entry)
        chosen = {
            part: strength
            for part, strength in zip(STRENGTHS, strengths, strict=False)
            if part in has and strength != 1
        }
        hair = hair if "hair" in has else "auto"
        return {"strengths": chosen, "future": future % self.futures(entry), "hair": hair}

    def shown(self, photo, entry, other, years, chosen, close, *given):
        """The HTML of before and after, and a sentence; `given` are a future, a wish
        for hair and the strengths, here and below.
        """
        chosen = [number for number in chosen if number < len(photo.found.faces)]
        region = photos.around(
            photo.found_in_preview.only(chosen if close else []).faces, photo.preview.shape
        )
        before = photo.preview[region]
        afters = {}
        unchanged = []
        for name in dict.fromkeys([entry, *([other] if other != NO_OTHER else [])]):
            aged = photos.aged_preview(
                photo, name, self.model(name), years, chosen, **self.manner(name, *given)
            )[region]
            future = given[0] % self.futures(name)
            named = f", future {future}" if future else ""
            afters[f"{name}, {markup.in_words(years)}{named}"] = aged
            if years and chosen and (aged == before).all():
                unchanged.append(name)
        return markup.before_and_after(before, afters), self._sentence(
            photo, entry, years, chosen, unchanged
        )

    def strip(self, photo, entry, chosen, *given):
        """The HTML of the strip."""
        panels = photos.aged_strip(
            photo, entry, self.model(entry), chosen, **self.manner(entry, *given)
        )
        words = ", ".join(
            "the photo as it is" if years == 0 else markup.in_words(years) for years in photos.STRIP
        )
        return markup.picture(panels, f"From youngest to oldest, by {entry}: {words}")

    def save(self, photo, entry, years, chosen, *given):
        """The path of the whole photo, aged, at its own size and in its own format, or PNG where
        that cannot be written.
        """
        original, pixels = photos.aged_whole(
            photo, entry, self.model(entry), years, chosen, **self.manner(entry, *given)
        )
        path = self._new_path(
            f"{Path(photo.name).stem}-aged{years:+g}{ending_for(original, photo.name)}"
        )
        write_photo(path, pixels, like=original)
        return str(path)

    def save_sweep(self, photo, entry, chosen, *given):
        """The path of the age sweep."""
        path = self._new_path(f"{Path(photo.name).stem}-sweep.mp4")
        photos.write_sweep(
            path, photo, entry, self.model(entry), chosen, **self.manner(entry, *given)
        )
        return str(path)

    def _sentence(self, photo, entry, years, chosen, unchanged):
        if not chosen:
            return "No face is chosen; the photo is as it was."
        ages = photos.ages_seen(photo, entry, self.model(entry))[chosen]
        parts = [
            f"{markup.in_words(years).capitalize()}.",
            f"{entry} sees {' and '.join(f'{age:.0f}' for age in ages)} years in the photo.",
        ]
        if unchanged:
            parts.append(
                f"{' and '.join(unchanged)} left it as it is, as models of age groups do where the years stay within one group."
            )
        if photo.too_small:
            parts.append(
                f"{photo.too_small} more face{'s'[: photo.too_small != 1]} of under 40 pixels stayed as found."
            )
        return " ".join(parts)

    def _new_path(self, name):
        folder = self.folder / secrets.token_urlsafe(16)
        folder.mkdir()
        return folder / name


class Page:
    """The page's answers to what a visitor does: HTML and updates of its parts."""

    def __init__(self, demo):
        self.demo = demo

    def open(self, path, photo, entry, other, years, close, *given):
        """A photo was dropped, chosen or taken."""
        if path is None:
            return [gr.skip()] * 10
        try:
            photo = self.demo.open(path, entry)
        except PhotoError as error:
            # The photo before stays.
            return [
                gr.skip(),
                None,
                None,
                markup.status(str(error), refused=True),
                *[gr.skip()] * 6,
            ]
        chosen = list(range(len(photo.found.faces)))
        ages = photos.ages_seen(photo, entry, self.demo.model(entry))
        choices = [
            (f"{number + 1}, seen as {age:.0f}", number)
            for number, age in zip(chosen, ages, strict=False)
        ]
        framed = (
            markup.numbered(photo.preview, photo.found_in_preview.faces)
            if len(chosen) > 1
            else None
        )
        pair, sentence = self.demo.shown(photo, entry, other, years, chosen, close, *given)
        return [
            photo,
            None,
            None,
            markup.status(sentence),
            gr.update(visible=True),
            gr.update(choices=choices, value=chosen),
            gr.update(
                value=markup.picture(framed, "The photo with its faces numbered"),
                visible=framed is not None,
            ),
            pair,
            *self._visible(entry),
        ]

    def show(self, photo, entry, other, years, chosen, close, *given):
        """Years, faces, entries, the future or strengths were changed."""
        if photo is None:
            return gr.skip(), markup.status(texts.GONE, refused=True), gr.skip(), gr.skip()
        pair, sentence = self.demo.shown(photo, entry, other, years, sorted(chosen), close, *given)
        return pair, markup.status(sentence), *self._visible(entry)

    def _visible(self, entry):
        """Whether the strengths, and the button for another future, are shown."""
        return (
            gr.update(visible=bool(self.demo.parts(entry))),
            gr.update(visible=self.demo.futures(entry) > 1),
        )

    def strip(self, photo, entry, chosen, *given):
        """After that: the strip."""
        return gr.skip() if photo is None else self.demo.strip(photo, entry, sorted(chosen), *given)

    def save(self, photo, entry, years, chosen, *given):
        """The picture was asked for."""
        return self._saved(
            photo, lambda: self.demo.save(photo, entry, years, sorted(chosen), *given)
        )

    def save_sweep(self, photo, entry, chosen, *given):
        """The age sweep was asked for."""
        return self._saved(
            photo, lambda: self.demo.save_sweep(photo, entry, sorted(chosen), *given)
        )

    def _saved(self, photo, write):
        if photo is None:
            raise gr.Error(texts.GONE, print_exception=False)
        try:
            path = write()
        except (PhotoError, VideoError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        return path, markup.status(f"{os.path.basename(path)} is ready and goes to your downloads.")


def build_page(demo, waiting):
    """The page as Gradio's `Blocks`.

    Args:
        demo: a `Demo`.
        waiting: how many may wait for the models.
    """
    page = Page(demo)
    with gr.Blocks(title="Face ageing", analytics_enabled=False) as blocks:
        photo, future = gr.State(None, time_to_live=KEPT), gr.State(0)
        gr.Markdown(texts.HEADER)
        file = gr.File(
            label="Drop a photo here, or choose one", elem_id="file", height=130, interactive=True
        )
        with gr.Accordion("Take a photo with the camera", open=False):
            plain = gr.WebcamOptions(mirror=False)
            camera = gr.Image(
                sources=["webcam"],
                type="filepath",
                label="Camera",
                webcam_options=plain,
                interactive=True,
                elem_id="camera",
            )
        status = gr.HTML(markup.status(texts.AT_FIRST), elem_id="status")
        with gr.Column(visible=False, elem_id="result") as result:
            years = gr.Slider(
                YOUNGEST,
                OLDEST,
                AT_FIRST,
                step=1,
                label="Years",
                info="Below 0 makes younger.",
                elem_id="years",
            )
            pair = gr.HTML(elem_id="pair")
            gr.HTML(DIVIDER)
            another = gr.Button(texts.ANOTHER, visible=False, elem_id="another")
            with gr.Row():
                entry = gr.Radio(
                    demo.entries, value=demo.entries[0], label="Model", elem_id="entry"
                )
                other = gr.Radio(
                    [NO_OTHER, *demo.entries], value=NO_OTHER, label="Compare with", elem_id="other"
                )
            with gr.Accordion(
                "Parts of ageing", open=False, visible=False, elem_id="parts"
            ) as parts:
                gr.Markdown(texts.PARTS)
                hair = gr.Radio(HAIR, value=HAIR[0][1], label="Hair", elem_id="hair")
                with gr.Row():
                    given = [
                        future,
                        hair,
                        *(
                            gr.Slider(0, 2, 1, step=0.1, label=label, elem_id=f"part-{part}")
                            for part, label in STRENGTHS.items()
                        ),
                    ]
            framed = gr.HTML(visible=False, elem_id="framed")
            with gr.Row():
                faces = gr.CheckboxGroup([], label="Faces", interactive=True, elem_id="faces")
                close = gr.Checkbox(True, label="Show the faces alone, closer", elem_id="close")
            strip = gr.HTML(elem_id="strip")
            with gr.Row():
                save = gr.Button("Save the picture", variant="primary", elem_id="save")
                save_sweep = gr.Button("Save the age sweep", elem_id="save-sweep")
            ready = gr.DownloadButton(elem_id="ready")
        gr.Markdown(texts.NOTICE, elem_id="notice")

        # All of them take turns at the models.
        turn = {"concurrency_id": "models", "concurrency_limit": 1, "api_visibility": "private"}
        of_strip = {
            "fn": page.strip,
            "inputs": [photo, entry, faces, *given],
            "outputs": strip,
            "show_progress": "hidden",
            **turn,
        }
        for source, chosen in ((file, file.upload), (camera, camera.input)):
            opened = [photo, file, camera, status, result, faces, framed, pair, parts, another]
            shown = chosen(
                page.open,
                [source, photo, entry, other, years, close, *given],
                opened,
                show_progress_on=status,
                **turn,
            )
            shown.then(fn=None, js=TO_YEARS).then(**of_strip)
        # Each click is the next future; the entry counts from 0 again after its last.
        another.click(lambda number: number + 1, future, future, show_progress="hidden", **turn)
        for asked in (years, entry, other, faces, close, *given):
            # A model's first use takes seconds; of many moves of the slider, the last counts.
            progress = (
                {"show_progress_on": status}
                if asked in (entry, other)
                else {"show_progress": "hidden"}
            )
            inputs = [photo, entry, other, years, faces, close, *given]
            happened = asked.change if asked is future else asked.input
            shown = happened(
                page.show,
                inputs,
                [pair, status, parts, another],
                trigger_mode="always_last",
                **progress,
                **turn,
            )
            if asked in (entry, faces, *given):
                shown.then(**of_strip)
        fetch = {"fn": None, "js": FETCH}
        save.click(
            page.save,
            [photo, entry, years, faces, *given],
            [ready, status],
            show_progress_on=save,
            **turn,
        ).success(**fetch)
        save_sweep.click(
            page.save_sweep,
            [photo, entry, faces, *given],
            [ready, status],
            show_progress_on=save_sweep,
            **turn,
        ).success(**fetch)

        def forget(request: gr.Request):
            """The page was closed: its photo leaves the memory."""
            blocks.state_holder.delete_state(request.session_hash)

        blocks.unload(forget)
    return blocks.queue(max_size=waiting, default_concurrency_limit=1, api_open=False)
