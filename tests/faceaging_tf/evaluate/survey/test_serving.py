"""The real server in a process of its own: raters at the same time, and a sudden end."""

import re
import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from faceaging_tf.evaluate.survey import SurveyError, read_study
from faceaging_tf.evaluate.survey.serving import serve as serve_here
from faceaging_tf.evaluate.survey.store import read_answers


def rate(client, stars, acknowledged):
    """Rates until done or until the server is gone; each acknowledged answer is appended as it is
    acknowledged.
    """
    page = client.post("/start", follow_redirects=True)
    while position := re.search(r'name="position" value="(\d+)"', page.text):
        response = client.post("/pair", data={"position": position[1], "stars": str(stars)})
        assert response.status_code == 303
        acknowledged.append((int(position[1]), stars))
        page = client.get("/pair", follow_redirects=True)


def test_two_raters_at_once_lose_nothing(serve, folder):
    _, address = serve()
    with (
        ThreadPoolExecutor(2) as pool,
        httpx2.Client(base_url=address) as first,
        httpx2.Client(base_url=address) as second,
    ):
        list(pool.map(rate, (first, second), (4, 2), ([], [])))
    answers = read_answers(folder, read_study(folder))
    assert sorted((answer.rater, answer.position) for answer in answers) == [
        (rater, place) for rater in (1, 2) for place in range(13)
    ]
    assert sorted({(answer.rater, answer.stars) for answer in answers}) in (
        [(1, 2), (2, 4)],
        [(1, 4), (2, 2)],
    )


def test_every_acknowledged_answer_survives_a_sudden_end(serve, folder):
    process, address = serve()
    enough = threading.Semaphore(0)

    class Acknowledged(list):
        def append(self, answer):
            super().append(answer)
            enough.release()

    acknowledged = [Acknowledged() for _ in range(4)]
    clients = [httpx2.Client(base_url=address) for _ in acknowledged]

    def until_the_end(number):
        with pytest.raises(httpx2.TransportError):
            # Some raters finish before the end; they begin anew as another rater.
            while True:
                rate(clients[number], 1 + number, acknowledged[number])
                clients[number].cookies.clear()

    with ThreadPoolExecutor(4) as pool:
        ends = [pool.submit(until_the_end, number) for number in range(4)]
        for _ in range(60):
            assert enough.acquire(timeout=20)
        process.kill()
        for end in ends:
            end.result(timeout=20)
    assert process.wait(timeout=20) == -9
    kept = [(answer.position, answer.stars) for answer in read_answers(folder, read_study(folder))]
    for number, answers in enumerate(acknowledged):
        assert len(answers) > 0
        lost = len(answers) - sum(stars == 1 + number for _, stars in kept)
        # At most one more: written, and its acknowledgement cut off.
        assert lost in (0, -1)
        for answer in set(answers):
            assert answers.count(answer) <= kept.count(answer)
    # A rater goes on at the new server where the old one left off.
    _, again = serve()
    with httpx2.Client(base_url=again, cookies=clients[0].cookies) as client:
        page = client.get("/", follow_redirects=True)
    place = re.search(r'name="position" value="(\d+)"', page.text)
    last = acknowledged[0][-1][0]
    # 13: no page is open. The answer after the last acknowledged one may have been kept too; after
    # the last page begins a new rater.
    assert (13 if place is None else int(place[1])) in (
        (13, 0, 1) if last == 12 else (last + 1, last + 2)
    )
    with sqlite3.connect(folder / "answers.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_ctrl_c_ends_it_with_a_sentence(serve):
    process, _ = serve()
    process.send_signal(2)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and "every answer is kept" in output


def test_a_port_in_use_is_refused(folder):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(SurveyError, match="is in use by another program"),
    ):
        serve_here(folder, port=taken.getsockname()[1])


def test_an_address_of_another_machine_is_refused(folder):
    # 192.0.2.0/24 is set aside for examples (RFC 5737): no machine has it.
    with pytest.raises(SurveyError, match="give an address of this machine"):
        serve_here(folder, host="192.0.2.1")


def test_a_missing_study_is_refused(tmp_path):
    with pytest.raises(SurveyError, match="There is no study at"):
        serve_here(tmp_path / "nowhere")
