"""The answers of a study, in SQLite: an answer counts as given once it is on the disk."""

import contextlib
import dataclasses
import pathlib
import secrets
import sqlite3
import time

import numpy as np

from faceaging_tf.errors import SurveyError
from faceaging_tf.evaluate.survey.assignment import INSTRUCTED_STARS, INSTRUCTION, SCORED, assign

ANSWERS = "answers.sqlite"
# Seconds after which the open pages of a rater who left are dealt out to others.
ABANDONED = 1800
# Seconds to wait while another rater's answer is being written.
BUSY = 30

TABLES = """
CREATE TABLE IF NOT EXISTS study (identifier TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rater (
    number INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    active REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS page (
    rater INTEGER NOT NULL REFERENCES rater (number),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pair TEXT NOT NULL,
    filtered_left INTEGER NOT NULL,
    shown REAL,
    stars INTEGER CHECK (stars BETWEEN 1 AND 5),
    seconds REAL,
    PRIMARY KEY (rater, position)
);
"""


@dataclasses.dataclass(frozen=True)
class OpenPage:
    """The page that a rater is at.

    Attributes:
        position: 0 for the first.
        pages: how many pages there are in all.
        kind: see `assignment.Page`.
        pair: identifier of the pair.
        filtered_left: whether the filtered picture stands on the left.
    """

    position: int
    pages: int
    kind: str
    pair: str
    filtered_left: bool


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a rater gave to one page.

    Attributes:
        rater: number of the rater.
        position: number of the page, 0 for the first.
        kind: see `assignment.Page`.
        pair: identifier of the pair.
        stars: 1 to 5.
        seconds: from the page being sent to the answer coming back.
    """

    rater: int
    position: int
    kind: str
    pair: str
    stars: int
    seconds: float


class Store:
    """Raters, their pages and their answers.

    Each call opens a connection of its own, so that it can be used from any thread, and from
    several processes at once.

    Args:
        folder: folder of the study.
        study: the `Study`.

    Raises:
        SurveyError: the file of answers is damaged, of another study, or cannot be written.
    """

    def __init__(self, folder, study):
        self.path = pathlib.Path(folder) / ANSWERS
        self.study = study
        try:
            with self._connection() as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.executescript(TABLES)
                with _transaction(connection):
                    identifiers = [
                        row[0] for row in connection.execute("SELECT identifier FROM study")
                    ]
                    if not identifiers:
                        connection.execute("INSERT INTO study VALUES (?)", (study.identifier,))
                connection.execute(
                    "SELECT rater, position, kind, pair, filtered_left, shown, stars, seconds FROM page LIMIT 1"
                )
        except sqlite3.Error as error:
            raise SurveyError(
                f"{self.path} cannot be used as the file of answers ({error}); mend it or move it away."
            ) from error
        if identifiers not in ([], [study.identifier]):
            raise SurveyError(
                f"{self.path} holds the answers to another study; move it away, or put its study.json back."
            )

    def start(self):
        """Deals out pages to a new rater.

        Returns:
            The rater's token, a secret that only their browser knows.
        """
        token = secrets.token_urlsafe(16)
        with self._connection() as connection, _transaction(connection):
            now = time.time()
            number = connection.execute(
                "INSERT INTO rater (token, active) VALUES (?, ?)", (token, now)
            ).lastrowid
            ratings = _times_rated(connection, now)
            pages = assign(self.study, ratings, np.random.default_rng([self.study.seed, number]))
            connection.executemany(
                "INSERT INTO page (rater, position, kind, pair, filtered_left) VALUES (?, ?, ?, ?, ?)",
                [
                    (number, position, page.kind, page.pair, page.filtered_left)
                    for position, page in enumerate(pages)
                ],
            )
        return token

    def times_rated(self):
        """How often each scored pair has been rated, or is being rated, by raters who followed the
        instruction or have not come to it: a dict from identifiers, without the pairs that nobody
        rated.
        """
        with self._connection() as connection:
            return _times_rated(connection, time.time())

    def knows(self, token):
        """Whether a token is that of a rater."""
        with self._connection() as connection:
            return (
                connection.execute("SELECT 1 FROM rater WHERE token = ?", (token,)).fetchone()
                is not None
            )

    def open_page(self, token):
        """The first page of a known rater that has no answer yet, an `OpenPage`; None where all
        have.
        """
        with self._connection() as connection:
            return _open_page(connection, token)

    def show(self, token):
        """The same as `open_page`, and the clock of the page starts, unless it runs already."""
        with self._connection() as connection, _transaction(connection):
            page = _open_page(connection, token)
            now = time.time()
            connection.execute("UPDATE rater SET active = ? WHERE token = ?", (now, token))
            if page is not None:
                connection.execute(
                    "UPDATE page SET shown = ? WHERE shown IS NULL AND position = ? "
                    "AND rater = (SELECT number FROM rater WHERE token = ?)",
                    (now, page.position, token),
                )
        return page

    def answer(self, token, position, stars):
        """Keeps an answer, if it is to the page that the rater is at: a second answer to a page
        changes nothing.

        Returns once the answer is on the disk.

        Args:
            token: of a known rater.
            position: the page that was answered.
            stars: whole number, 1 to 5.

        Returns:
            Whether the answer was kept.
        """
        with self._connection() as connection, _transaction(connection):
            page = _open_page(connection, token)
            if page is None or page.position != position:
                return False
            now = time.time()
            connection.execute("UPDATE rater SET active = ? WHERE token = ?", (now, token))
            connection.execute(
                "UPDATE page SET stars = ?, seconds = ? - COALESCE(shown, ?), shown = NULL WHERE position = ? "
                "AND rater = (SELECT number FROM rater WHERE token = ?)",
                (stars, now, now, position, token),
            )
        return True

    @contextlib.contextmanager
    def _connection(self):
        with contextlib.closing(
            sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
        ) as connection:
            # The commit waits for the disk, so that not even a power cut takes back an answer that
            # was acknowledged.
            connection.execute("PRAGMA synchronous=FULL")
            yield connection


def read_answers(folder, study):
    """All answers of a study, a list of `Answer`, by rater and position.

    Raises:
        SurveyError: there are none, or the file of answers is damaged or of another study.
    """
    answers = []
    if (pathlib.Path(folder) / ANSWERS).is_file():
        store = Store(folder, study)
        try:
            with store._connection() as connection:
                rows = connection.execute(
                    "SELECT rater, position, kind, pair, stars, seconds FROM page WHERE stars IS NOT NULL ORDER BY rater, position"
                ).fetchall()
        except sqlite3.Error as error:
            raise SurveyError(
                f"{store.path} cannot be read ({error}); mend it, or put a copy of it back."
            ) from error
        answers = [Answer(*row) for row in rows]
    if not answers:
        raise SurveyError(
            f"Nobody has answered the study at {folder} yet; ask people with `faceaging survey serve {folder}`."
        )
    unknown = {answer.pair for answer in answers if study.pair(answer.pair) is None}
    if unknown:
        raise SurveyError(
            f"{folder} holds answers to {len(unknown)} pairs that its study.json does not name; put its own study.json back."
        )
    return answers


@contextlib.contextmanager
def _transaction(connection):
    # Immediate: two raters wait for each other here, before either has read what the other changes.
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


def _times_rated(connection, now):
    # Whom the results leave out for the instruction does not keep a pair from others; nor does who
    # left long ago.
    rows = connection.execute(
        "SELECT pair, COUNT(*) FROM page JOIN rater ON rater.number = page.rater "
        "WHERE kind = ? AND (stars IS NOT NULL OR active > ?) AND NOT EXISTS "
        "(SELECT 1 FROM page AS other WHERE other.rater = page.rater AND other.kind = ? AND other.stars <> ?) GROUP BY pair",
        (SCORED, now - ABANDONED, INSTRUCTION, INSTRUCTED_STARS),
    )
    return dict(rows.fetchall())


def _open_page(connection, token):
    row = connection.execute(
        "SELECT position, (SELECT COUNT(*) FROM page AS other WHERE other.rater = page.rater), kind, pair, filtered_left "
        "FROM page JOIN rater ON rater.number = page.rater WHERE token = ? AND stars IS NULL ORDER BY position LIMIT 1",
        (token,),
    ).fetchone()
    return None if row is None else OpenPage(*row[:4], bool(row[4]))
