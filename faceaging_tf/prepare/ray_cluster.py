"""Parts made by a Ray cluster, as a Ray Data pipeline."""

import functools
import pickle

from faceaging_tf.prepare import parts, processes
from faceaging_tf.prepare.errors import PrepareError, needed


def run_on_ray(address="auto"):
    """What makes parts on a Ray cluster, for `prepare`.

    Args:
        address: of the cluster; "auto" for the one at hand, or a new one on this machine.

    Returns:
        A function like `processes.run`; its workers are tasks at a time, over all machines.
    """
    return functools.partial(_run, address=address)


def _run(job, numbered, workers, done, address):
    ray = needed("ray")
    try:
        ray.init(None if address == "auto" else address, ignore_reinit_error=True, log_to_driver=False, logging_level="warning")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise PrepareError(f"There is no Ray cluster at {address} ({error}); start one with `ray start --head`, or give its address.") from error
    items = [{"number": number, "sources": pickle.dumps(sources)} for number, sources in numbered]
    if not items:
        return
    data = needed("ray.data")
    data.DataContext.get_current().enable_progress_bars = False
    # A part a task, tried again as often as machines fail: it writes the same file each time.
    found = data.from_items(items, override_num_blocks=len(items)).map(functools.partial(_make, job=job), concurrency=workers, num_cpus=1, max_retries=-1)
    for row in found.iter_rows():
        done(row["pictures"], row["through"])


def _make(item, job):
    pictures, through = parts.write(job, item["number"], processes.look_at_surely(job, pickle.loads(item["sources"])))
    return {"pictures": pictures, "through": through}
