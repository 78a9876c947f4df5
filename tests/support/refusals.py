"""What a command says of bad input."""

from zoo.cli.main import main


def refusal(capsys, arguments):
    """The one sentence on standard error of a command that must exit with 2 and print
    nothing else.
    """
    assert main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1 and "Traceback" not in captured.err
    return captured.err
