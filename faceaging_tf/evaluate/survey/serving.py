"""Serves a study to browsers until it is stopped."""

import contextlib
import errno
import socket

import uvicorn

from faceaging_tf.errors import SurveyError
from faceaging_tf.evaluate.survey.application import survey_application
from faceaging_tf.evaluate.survey.store import Store
from faceaging_tf.evaluate.survey.study import read_study


def serve(folder, host="127.0.0.1", port=8000, ready=None):
    """Serves the study of a folder; returns when interrupted.

    No addresses of raters are written anywhere.

    Args:
        folder: folder of the study; answers are kept in its `answers.sqlite`.
        host: address to listen at; "0.0.0.0" for every network that the machine is in.
        port: 0 for any free one.
        ready: called with the address, such as "http://127.0.0.1:8000", once browsers can connect.

    Raises:
        SurveyError: no study, a damaged one, answers of another study, or an address or a port that
            cannot be had.
    """
    study = read_study(folder)
    application = survey_application(folder, study, Store(folder, study))
    listener = _listener(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    # Whoever interrupts as soon as the address is told, before the server has begun, is not told of
    # an error either.
    with contextlib.closing(listener), contextlib.suppress(KeyboardInterrupt):
        if ready is not None:
            ready(address)
        # An answer takes milliseconds; whoever keeps a connection open does not hold up the end.
        settings = uvicorn.Config(
            application,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
            server_header=False,
        )
        uvicorn.Server(settings).run(sockets=[listener])


def _listener(host, port):
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SurveyError(
                f"Port {port} of {host} is in use by another program; stop it, or choose another --port."
            ) from error
        raise SurveyError(
            f"The address {host}, port {port}, cannot be listened at ({error.strerror or error}); "
            "give an address of this machine as --host, such as 127.0.0.1, and a free --port from 1024 to 65535."
        ) from error
    return listener
