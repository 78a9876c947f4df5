"""What every ageing model can do, whatever it is made of: transform faces, estimate ages."""

from typing import TYPE_CHECKING, Any, Self, Unpack

import keras
import numpy as np
from keras import ops

from faceaging_tf.arguments import whole
from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.geometry.frames import frame_of
from faceaging_tf.manner import checked_manner
from faceaging_tf.models.age_regressor import AgeRegressor
from faceaging_tf.models.faces import (
    FaceEdit,
    changed_at_size,
    checked_faces,
    checked_mask,
    lit,
    resized,
)
from faceaging_tf.models.route import Route
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Config, LayerArguments, Manner, Numbers, PathLike, Shape, Tensor

if TYPE_CHECKING:
    from faceaging_tf.export import Exported


class AgingModel(keras.Model):
    """The contract of every entry: `transform`, `estimate_ages`, `image_size`; a subclass writes
    `routes` and `edit_in`, or `aged` alone.

    Args:
        image_size: side in pixels of the face that the networks work at.
        age_network: specification of the age network (see `faceaging_tf.networks.build`); it is
            never trained here.
        frame: how much of a head the aligned square shows, "tight" or "whole_head" (see
            `faceaging_tf.geometry.frames`).

    Raises:
        ValueError: another frame.
    """

    def __init__(
        self,
        image_size: int = 128,
        age_network: Specification = None,
        frame: str = "tight",
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.image_size = image_size
        self._frame = frame_of(frame, type(self).__name__).name
        self.age_regressor = AgeRegressor(
            image_size, age_network, frame=frame, name="age_regressor"
        )
        self.age_regressor.trainable = False
        # A constructor makes every weight there is; Keras would not save the weights of a model
        # that it takes for unbuilt.
        self.built = True

    @property
    def frame(self) -> str:
        """The name of the frame that the model's faces are aligned in, "tight" or "whole_head"."""
        return self._frame

    def aged(self, faces: Tensor, years: Tensor, ages: Tensor) -> Tensor:
        """Faces at the model's own size, aged.

        Args:
            faces: `(N, image_size, image_size, 3)` float32 in -1 to 1.
            years: `(N,)` float32, none of them 0.
            ages: `(N,)` float32, the ages now, in years.

        Returns:
            A tensor or array of the same shape as the faces, not necessarily clipped to -1 to 1.
        """
        return self.edited(faces, years, ages).faces()

    @property
    def routes(self) -> tuple[Route, ...]:
        """The `Route`s of the model, the first that takes a face before the others: the directions
        that it is made of, and what is traced when it is exported.
        """
        return ()

    @property
    def directions(self) -> tuple[str, ...]:
        """Names of the directions, in the order of the routes, such as "aging" and
        "rejuvenation".
        """
        return tuple(route.direction for route in self.routes)

    def direction_of(self, years: Tensor, ages: Tensor) -> Tensor:
        """The place of the direction that each face takes, `(N,)` whole numbers, -1 where nothing
        changes.

        Args:
            years: `(N,)` float32 array or tensor.
            ages: the same, the ages now.
        """
        years, ages = (ops.cast(values, "float32") for values in (years, ages))
        place = ops.zeros_like(years, dtype="int32") - 1
        for number, route in reversed(list(enumerate(self.routes))):
            place = ops.where(route.takes(years, ages), number, place)
        return place

    def edit_in(
        self, direction: str, faces: Tensor, years: Tensor, ages: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """What one direction does to faces, in operations of any backend alone.

        Args:
            direction: one of `directions`.
            faces: of `aged`, as a tensor.
            years: likewise.
            ages: likewise.

        Returns:
            Tensors `(changed, flow)`, see `FaceEdit`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no routes.")

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of ageing that have a strength of their own, see `transform`; none for
        most models.
        """
        return ()

    @property
    def futures(self) -> int:
        """How many futures a face has, see `transform`; one for most models."""
        return 1

    def edited(self, faces: Tensor, years: Tensor, ages: Tensor, **manner: np.ndarray) -> FaceEdit:
        """What `aged` does, as a `FaceEdit` that can be done at another size than the model's own;
        arguments of `aged`, and what `checked_manner` gives, with a row per face.
        """
        if not self.routes:
            if type(self).aged is AgingModel.aged:
                raise NotImplementedError(f"{type(self).__name__} writes neither aged nor routes.")
            return FaceEdit(ops.convert_to_numpy(self.aged(faces, years, ages)))
        whole = FaceEdit.nothing(faces, self.moves_faces)
        years, ages = (np.asarray(values, "float32") for values in (years, ages))
        places = ops.convert_to_numpy(self.direction_of(years, ages))
        for place, direction in enumerate(self.directions):
            rows = np.flatnonzero(places == place)
            if len(rows):
                given = (
                    ops.convert_to_tensor(values[rows], "float32")
                    for values in (whole.changed, years, ages)
                )
                more = {name: ops.convert_to_tensor(value[rows]) for name, value in manner.items()}
                whole.put(rows, *self.edit_in(direction, *given, **more))
        return whole

    @property
    def moves_faces(self) -> bool:
        """Whether the model moves the face, so that a photo needs the face cut out at its own
        resolution.
        """
        return False

    def transform(
        self,
        faces: np.ndarray,
        years: Numbers,
        ages: Numbers | None = None,
        batch_size: int = 16,
        mask: np.ndarray | None = None,
        **manner: Unpack[Manner],
    ) -> np.ndarray:
        """Ages faces by a number of years.

        Faces of another size than the model's are shrunk or enlarged to it, and the *change* is
        brought back to their own size and added, so that their detail stays. Faces in dim light are
        brightened for the networks, and the change is scaled back. 0 years gives the face back as
        it is.

        Args:
            faces: `(N, H, H, 3)` uint8, RGB, aligned to the template of the model's frame.
            years: a number or `(N,)`; may be fractional, and negative to make younger.
            ages: the true ages in years, a number or `(N,)`; estimated when None.
            batch_size: faces worked on at a time.
            mask: `(H, H)` in 0 to 1, how much of the change each pixel takes, or `(H, H, 2)`, of
                the change and of the movement; None for all.
            **manner: `strengths`, `future` and `hair`, the same for all faces, see
                `faceaging_tf.typing.Manner`.

        Returns:
            `(N, H, H, 3)` uint8.

        Raises:
            ValueError: faces of another shape or type; years or ages that are no numbers, or not
                one per face; a batch size below 1; a mask of another shape; a manner that the model
                does not know.

        Example:
            >>> import numpy as np
            >>> import zoo
            >>> faces = np.zeros((1, 128, 128, 3), "uint8")
            >>> zoo.load("fagan_mobile").transform(faces, years=30).shape  # doctest: +SKIP
            (1, 128, 128, 3)
        """
        faces = checked_faces(faces, "transform")
        years = per_face(years, len(faces), "years")
        batch_size, mask = whole(batch_size, "batch_size", 1), checked_mask(mask, faces.shape[1])
        told = checked_manner(self.parts, self.futures, **manner)
        ages = self.estimate_ages(faces) if ages is None else per_face(ages, len(faces), "ages")
        outputs = faces.copy()
        moving = np.flatnonzero(years)
        for start in range(0, len(moving), batch_size):
            rows = moving[start : start + batch_size]
            outputs[rows] = self._transformed(faces[rows], years[rows], ages[rows], mask, told)
        return outputs

    def _transformed(self, faces, years, ages, mask, manner):
        each = {name: np.tile(value, (len(faces), 1)) for name, value in manner.items()}
        return changed_at_size(
            faces,
            self.image_size,
            lit(lambda small: self.edited(small, years, ages, **each), self.frame),
            mask,
        )

    def estimate_ages(self, faces: np.ndarray) -> np.ndarray:
        """Ages `(N,)` float32 in years of faces `(N, H, H, 3)` uint8, aligned in the model's frame;
        those in dim light are brightened first, larger ones seen at the model's size, as exported
        files see them.

        Raises:
            ValueError: faces of another shape or type.
        """
        faces = in_common_light(checked_faces(faces, "estimate_ages"), self.frame)
        if len(faces) and faces.shape[1] > self.image_size:
            faces = np.concatenate(
                [
                    np.clip(np.rint(resized(face[None], self.image_size)), 0, 255).astype("uint8")
                    for face in faces
                ]
            )
        return self.age_regressor.estimate_ages(faces)

    def export_to(
        self, path: PathLike, format: str = "litert", precision: str = "float32", **options: Any
    ) -> "Exported":
        """Writes the model to a file that phones, servers and browsers run; arguments, result and
        errors of `faceaging_tf.export.export`.

        Example:
            >>> import zoo
            >>> model = zoo.load("fagan_mobile")  # doctest: +SKIP
            >>> written = model.export_to("fagan.tflite", precision="float16")  # doctest: +SKIP
        """
        # The one arrow that points up: what it does is `export`'s, and is loaded when it is asked
        # for.
        from faceaging_tf.export import export

        return export(self, path, format, precision, **options)

    def build(self, input_shape: Shape = None) -> None:
        self.built = True

    @classmethod
    def from_config(cls, config: Config) -> Self:
        return cls(**config)


# In years: what may be asked for, and how old anybody is.
LIMITS = {"years": (-150, 150), "ages": (0, 150)}


def per_face(values: Numbers, number: int, name: str) -> np.ndarray:
    """One float32 per face, of a number or of one per face.

    Raises:
        ValueError: no finite numbers, another count, or beyond what `LIMITS` says of the name.
    """
    try:
        array = np.asarray(values, "float32")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} was {values!r}; it needs a number, or one per face.") from error
    if array.ndim == 0:
        array = np.full(number, array, "float32")
    if array.shape != (number,) or not np.isfinite(array).all():
        raise ValueError(
            f"{name} was {values!r}; it needs a finite number, or one for each of the {number} faces."
        )
    limits = LIMITS.get(name)
    if limits is not None and (array < limits[0]).any() | (array > limits[1]).any():
        raise ValueError(f"{name} was {values!r}; it needs years from {limits[0]} to {limits[1]}.")
    return array
