"""The page of the demo, built with Gradio."""

import html
import os

import gradio as gr

from faceaging_tf.photo import PhotoError
from faceaging_tf.video import VideoError
from zoo.web import markup, photos, texts
from zoo.web.demo import HAIR, NO_OTHER, STRENGTHS

YOUNGEST, OLDEST, AT_FIRST = -20, 40, 20
# Seconds that a photo stays in memory after it was chosen; sooner where the page is closed.
KEPT = 3600
# How many uploads are asked in at a time, and how many requests of all kinds may wait.
DOORS, QUEUE = 8, 400
# One divider for all pictures: it stays where it is when they change.
DIVIDER = (
    '<label class="divider">Before and after<input type="range" id="divider" min="0" max="100" value="50" '
    "oninput=\"document.documentElement.style.setProperty('--divider', this.value + '%')\"></label>"
)
# Where the keyboard goes on: the button that had the focus is gone after an upload.
TO_YEARS = """() => { setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector('#years input[type=range]')?.focus({preventScroll: true});
    if (document.getElementById('pair')?.getBoundingClientRect().bottom > innerHeight) document.getElementById('status').scrollIntoView();
}, 300); }"""
# Once the button has its address.
FETCH = "() => { setTimeout(() => document.getElementById('ready').click(), 300); }"


class Page:
    """The page's answers to what a visitor does: HTML and updates of its parts."""

    def __init__(self, demo):
        self.demo = demo

    def arrive(self, file, request: gr.Request):
        """A photo was dropped, chosen or taken, and waits for its turn."""
        refused = file and self.demo.arrive(request.session_hash, file["path"])
        return (None, markup.status(refused, refused=True)) if refused else (gr.skip(), gr.skip())

    def open(self, request: gr.Request, path, _, entry, other, years, close, *given):
        """Its turn has come."""
        if path is None:
            return [gr.skip()] * 10
        try:
            photo = self.demo.open(path, entry, request.session_hash)
        except PhotoError as error:
            # The photo before stays.
            told = markup.status(str(error), refused=True)
            return [gr.skip(), None, None, told, *[gr.skip()] * 6]
        chosen = list(range(len(photo.found.faces)))
        ages = photos.ages_seen(photo, entry, self.demo.model(entry))
        choices = [(f"{number + 1}, seen as {ages[number]:.0f}", number) for number in chosen]
        framed = None
        if len(chosen) > 1:
            framed = markup.numbered(photo.preview, photo.found_in_preview.faces)
        pair, sentence = self.demo.shown(photo, entry, other, years, chosen, close, *given)
        return [
            self.demo.kept.keep(photo),
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

    def show(self, kept, entry, other, years, chosen, close, *given):
        """Years, faces, entries, the future or strengths were changed."""
        if (photo := kept and kept.photo) is None:
            return gr.skip(), markup.status(texts.GONE, refused=True), gr.skip(), gr.skip()
        pair, sentence = self.demo.shown(photo, entry, other, years, sorted(chosen), close, *given)
        return pair, markup.status(sentence), *self._visible(entry)

    def _visible(self, entry):
        """Whether the strengths, and the button for another future, are shown."""
        return (
            gr.update(visible=bool(self.demo.parts(entry))),
            gr.update(visible=self.demo.futures(entry) > 1),
        )

    def strip(self, kept, entry, chosen, *given):
        """After that: the strip."""
        photo = kept and kept.photo
        return gr.skip() if photo is None else self.demo.strip(photo, entry, sorted(chosen), *given)

    def save(self, kept, entry, years, chosen, *given):
        """The picture was asked for."""
        return self._saved(
            kept, lambda photo: self.demo.save(photo, entry, years, sorted(chosen), *given)
        )

    def save_sweep(self, kept, entry, chosen, *given):
        """The age sweep was asked for."""
        return self._saved(
            kept, lambda photo: self.demo.save_sweep(photo, entry, sorted(chosen), *given)
        )

    def _saved(self, kept, write):
        if (photo := kept and kept.photo) is None:
            raise gr.Error(texts.GONE, print_exception=False)
        try:
            path = write(photo)
        except (PhotoError, VideoError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        return path, markup.status(f"{os.path.basename(path)} is ready and goes to your downloads.")


class _Blocks(gr.Blocks):
    """Blocks whose errors are text: the page takes their words for HTML, and Gradio's own repeat
    what was sent where it is none of the choices.
    """

    async def process_api(self, *args, **kwargs):
        try:
            return await super().process_api(*args, **kwargs)
        except gr.Error as error:
            error.message = html.escape(error.message)
            raise


def build_page(demo):
    """The page of a `Demo` as Gradio's `Blocks`."""
    page = Page(demo)
    with _Blocks(title="Face ageing", analytics_enabled=False) as blocks:
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
            # At the door nobody waits for the models.
            came = chosen(
                page.arrive,
                source,
                [source, status],
                preprocess=False,
                show_progress="hidden",
                concurrency_limit=DOORS,
                api_visibility="private",
            )
            shown = came.then(
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
        for button, write, asked in (
            (save, page.save, [photo, entry, years, faces, *given]),
            (save_sweep, page.save_sweep, [photo, entry, faces, *given]),
        ):
            saved = button.click(write, asked, [ready, status], show_progress_on=button, **turn)
            saved.success(**fetch)

        def forget(request: gr.Request):
            """The page was closed: its photo leaves the memory."""
            demo.waiting.leave(request.session_hash)
            blocks.state_holder.delete_state(request.session_hash)

        blocks.unload(forget)
    return blocks.queue(max_size=QUEUE, default_concurrency_limit=1, api_open=False)
