"""Serving the demo from this computer, without keeping what visitors bring."""

import contextlib
import os
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path

from faceaging_tf.guarding import Guard
from faceaging_tf.optional import Extra, needed
from zoo.errors import ZooError

# Seconds: how old a file in the temporary folder may get, and how often that is looked at.
OLDEST_FILE, INTERVAL = 180, 30
# Beyond what the page refuses with a sentence of its own.
LARGEST_UPLOAD = "200mb"
# What Gradio offers to programs, which this page does not.
API = "/gradio_api"
PROGRAMS = "run api call info component_server deep_link stream process_recording"
CLOSED = tuple(f"{API}/{name}" for name in PROGRAMS.split())
# Gradio's page has scripts and styles in it, and is given pictures as data.
POLICY = {
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


def check_installed():
    """Finds out whether Gradio is installed, without what it does when it is imported.

    Raises:
        ZooError: it is not.
    """
    needed("gradio", Extra("demo", ZooError, "The demo in a browser"))


def free_port(host, port):
    """The port, or any free one for 0.

    Raises:
        ZooError: it is taken, or there is no such address here.
    """
    try:
        with socket.create_server((host, port)) as taken:
            return taken.getsockname()[1]
    except OSError as error:
        reason = f"The demo cannot be served at {host}, port {port} ({error.strerror})"
        raise ZooError(f"{reason}; choose another --port, or --port 0 for any free one.") from error


@contextlib.contextmanager
def served(entries, host="127.0.0.1", port=0, waiting=None):
    """The demo, served as long as the context lasts.

    Args:
        entries: names of entries or folders of presets, the first of which is chosen at first.
        host: address to listen at.
        port: 0 for any free one.
        waiting: how many photos may wait for the models; None for `demo.WAITING`.

    Yields:
        Its address.

    Raises:
        ZooError: Gradio is not installed, or the port is taken.
    """
    with (
        tempfile.TemporaryDirectory(prefix="faceaging-demo-", ignore_cleanup_errors=True) as folder,
        _environment(folder),
    ):
        check_installed()
        import gradio
        from starlette.middleware import Middleware

        from zoo.web.demo import WAITING, Demo
        from zoo.web.page import build_page

        port = free_port(host, port)
        demo = Demo(entries, folder, WAITING if waiting is None else waiting)
        # The first visitor should not wait for it; the others are loaded when they are first asked
        # for.
        demo.model(demo.entries[0])
        blocks = build_page(demo)
        # The system's fonts, lest a browser fetch others elsewhere; grey that can be read.
        theme = gradio.themes.Base(
            primary_hue="blue",
            font=["system-ui", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        )
        theme.set(
            block_info_text_color="*neutral_600",
            block_label_text_color="*neutral_600",
            block_title_text_color="*neutral_700",
        )
        _, address, _ = blocks.launch(
            server_name=host,
            server_port=port,
            share=False,
            prevent_thread_lock=True,
            quiet=True,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            max_file_size=LARGEST_UPLOAD,
            app_kwargs={
                "middleware": [
                    Middleware(Guard, headers=POLICY, uploads=f"{API}/upload", closed=CLOSED)
                ]
            },
            theme=theme,
            css_paths=Path(__file__).with_name("style.css"),
        )
        ended = threading.Event()
        tidying = threading.Thread(
            target=_tidy, args=(Path(folder), ended, demo.waiting.holds), daemon=True
        )
        tidying.start()
        try:
            yield address
        finally:
            ended.set()
            blocks.close(verbose=False)
            tidying.join()


def serve(entries, host, port, ready):
    """Serves the demo until Ctrl+C or a signal to end.

    Args:
        entries: of `served`.
        host: of `served`.
        port: of `served`.
        ready: called with the address.
    """
    ended = threading.Event()
    # Else the temporary folder would stay.
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with served(entries, host, port) as address:
        ready(address)
        with contextlib.suppress(KeyboardInterrupt):
            ended.wait()


def remove_old(folder, age, held=lambda path: False):
    """Removes the files of a folder that were last written more than `age` seconds ago, but for
    those that are `held`, and folders that are empty.
    """
    for path in sorted(folder.rglob("*"), reverse=True):
        # Somebody else may have removed it, or still writes.
        with contextlib.suppress(OSError):
            if path.is_dir():
                path.rmdir() if time.time() - path.stat().st_mtime > age else None
            elif time.time() - path.stat().st_mtime > age and not held(path):
                path.unlink()


def _tidy(folder, ended, held):
    while not ended.wait(INTERVAL):
        remove_old(folder, OLDEST_FILE, held)


@contextlib.contextmanager
def _environment(folder):
    """Gradio is told by the environment where its files go, and to report nothing to anybody."""
    wanted = {
        "GRADIO_TEMP_DIR": folder,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
