"""The command line: `faceaging COMMAND ...`, the same as `python -m zoo COMMAND ...`."""

import errno
import importlib
import math
import os
import re
import sys
import textwrap

from absl import flags

from faceaging_tf.errors import FaceAgingError
from zoo import registry
from zoo.cli.memory import keep_freed
from zoo.cli.streams import open_streams
from zoo.errors import ZooError

COMMANDS = (
    "age",
    "video",
    "sweep",
    "prepare",
    "train",
    "evaluate",
    "export",
    "bench",
    "list",
    "describe",
    "demo",
    "survey",
)
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


def run():
    """The entry point of the program: runs `main` and exits with its code."""
    # TensorFlow reads these once, as it is imported; what the user has set stays.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GLOG_minloglevel", "3")
    # Keras 2 in the place of Keras 3, for other programs' sake; this one needs Keras 3.
    os.environ.pop("TF_USE_LEGACY_KERAS", None)
    keep_freed()
    open_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal of few letters shows others as \u9762: names of files may hold any.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough, as `head` has; nothing more is to be written at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    sys.exit(code)


def main(arguments):
    """Runs one command.

    Args:
        arguments: list of strings, the command first: `["age", "me.jpg", "--years", "30"]`.

    Returns:
        The exit code: 0; 2 for input that a user can mend (one sentence on standard error says
        how); 130 when interrupted.
    """
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(_overview(), file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else EXIT_BAD_INPUT
    if arguments[0] == "--version":
        from faceaging_tf import __version__

        print(f"faceaging-tf {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        hint = registry.suggestion(name, COMMANDS)
        return _refuse(
            "faceaging",
            f"There is no command {name!r}.{hint} The commands are {', '.join(COMMANDS)}; see faceaging --help.",
        )
    command = _command(name)
    try:
        values = flags.FlagValues()
        # Flags may stand after the arguments.
        values.set_gnu_getopt(True)
        flags.DEFINE_boolean("help", False, "Show this text.", flag_values=values, short_name="h")
        command.define_flags(values)
        words = _files_as_such(arguments[1:], values)
        # Of absl's own, in all programs: flags out of files, and unknown ones let pass.
        own = next((word for word in words if re.match(r"--?(flagfile|undefok)(=|$)", word)), None)
        if own:
            raise ZooError(f"There is no flag {own}; see faceaging {name} --help.")
        positional = values([f"faceaging {name}", *words])[1:]
        _check_finite(values)
        if values.help:
            print(_help(name, command, values))
            return 0
        return command.run(values, positional) or 0
    except FaceAgingError as error:
        return _refuse(f"faceaging {name}", error)
    except flags.Error as error:
        return _refuse(f"faceaging {name}", _of_flag(error, values, name))
    except BrokenPipeError:
        raise
    except MemoryError:
        return _refuse(
            f"faceaging {name}",
            "There is not enough memory for this. Close other programs, or allow this one more; of photos and videos, use smaller ones.",
        )
    except OSError as error:
        return _refuse(f"faceaging {name}", _of_system(error))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return EXIT_INTERRUPTED


def _command(name):
    return importlib.import_module(f"zoo.cli.{name}")


def _files_as_such(words, values):
    """The words of a command, those that name a file as no flag does, such as `-me.jpg`, with their
    folder: what begins with `-` is a flag to absl.
    """
    named = lambda word: word.lstrip("-").partition("=")[0] in values
    return [
        os.path.join(os.curdir, word)
        if word.startswith("-") and not named(word) and os.path.isfile(word)
        else word
        for word in words
    ]


def _check_finite(values):
    """Refuses "nan" and "inf", which are in every range of absl's."""
    for name in values:
        value = values[name].value
        if isinstance(value, float) and not math.isfinite(value):
            raise ZooError(
                f"--{values[name].name} was {value}; it needs {_kind(values[name].parser)}."
            )


def _of_flag(error, values, command):
    """absl's error of a flag as a sentence that says what the flag needs."""
    refused = re.match(r"flag --(\w+)=(.*?): ", str(error), re.DOTALL)
    if refused and refused[1] in values and _kind(values[refused[1]].parser):
        return f"--{refused[1]} was {refused[2]!r}; it needs {_kind(values[refused[1]].parser)}."
    missing = re.match(r"Missing value for flag --?(\w+)$", str(error))
    if missing:
        return f"--{missing[1]} stands without its value; see faceaging {command} --help."
    text = str(error).rstrip()
    unknown = re.match(r"Unknown command line flag '(.*?\..*)'$", text)
    if unknown:
        text += (
            f". If it names a file that begins with -, put its folder before it: ./-{unknown[1]}"
        )
    return text if text[-1:] in ".?" else f"{text}; see faceaging {command} --help."


def _of_system(error):
    """An error of the system as a sentence; what is written under another name at first is called
    by its folder.
    """
    where = str(error.filename or "")
    if re.fullmatch(r"\..*\.(part|old|tmp)", os.path.basename(where)):
        where = os.path.dirname(where) or os.curdir
    more = {
        errno.ENOSPC: "; free some space, or choose another place, and run it again",
        errno.EROFS: "; choose another place for what is written",
    }
    said = str(error.strerror or error).rstrip(".")
    return f"{where + ': ' if where else ''}{said}{more.get(error.errno, '')}."


def _kind(parser):
    """What a flag needs, in words; "" where its own parser says so."""
    if isinstance(parser, flags.EnumParser):
        return f"one of {', '.join(parser.enum_values)}"
    if isinstance(parser, flags.BooleanParser):
        return "true or false, or nothing at all"
    if not isinstance(parser, (flags.IntegerParser, flags.FloatParser)):
        return ""
    kind = "a whole number" if isinstance(parser, flags.IntegerParser) else "a number"
    low, high = parser.lower_bound, parser.upper_bound
    from_low = "" if low is None else f" from {low:,}"
    return kind + from_low + ("" if high is None else f" {'to' if from_low else 'up to'} {high:,}")


def _refuse(program, message):
    print(f"{program}: {' '.join(str(message).split())}", file=sys.stderr)
    return EXIT_BAD_INPUT


def _overview():
    lines = [
        "Ages the faces of photographs, and trains the models that do it.",
        "",
        "usage: faceaging COMMAND ...",
        "",
    ]
    lines += [f"  {name:<10}{_command(name).SUMMARY}" for name in COMMANDS]
    lines += ["", "faceaging COMMAND --help shows the flags and examples of a command."]
    return "\n".join(lines)


def _help(name, command, values):
    lines = [command.SUMMARY, "", f"usage: faceaging {name} {command.ARGUMENTS}", "", "flags:"]
    for flag in (values[flag_name] for flag_name in values if values[flag_name].name == flag_name):
        default = "" if flag.default in (None, False, "") else f" Default: {flag.default_as_str}."
        text = textwrap.wrap(f"{flag.help}{default}", 96, break_on_hyphens=False)
        lines += [f"  --{flag.name}", *(f"      {line}" for line in text)]
    lines += ["", "examples:", *(f"  {example}" for example in command.EXAMPLES)]
    return "\n".join(lines)
