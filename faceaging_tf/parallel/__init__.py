"""Many pictures, a part at a time: by processes of one machine, or by the machines of a Ray
cluster.
"""

from faceaging_tf.errors import ParallelError
from faceaging_tf.parallel.place import Place
from faceaging_tf.parallel.processes import run as run_processes
from faceaging_tf.parallel.ray_cluster import run_on_ray
