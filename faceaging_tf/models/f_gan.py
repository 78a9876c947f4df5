"""F-GAN: FA-GAN for few years, Group-GAN for many."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self, Unpack

import keras
from keras import ops

from faceaging_tf import networks
from faceaging_tf.geometry.frames import FRAMES, TIGHT
from faceaging_tf.layers import cut_window, resize_by_matrices
from faceaging_tf.models.adversarial import AdversarialModel
from faceaging_tf.models.fa_gan import FAGAN
from faceaging_tf.models.group_gan import GroupGAN
from faceaging_tf.models.observation import Observation
from faceaging_tf.models.route import Route
from faceaging_tf.networks.registry import Specification
from faceaging_tf.resampling import MOVING_CORE, feathered_mask
from faceaging_tf.typing import Batch, Config, LayerArguments, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FGAN(AdversarialModel):
    """Fuses two trained models: `|k| <= 20` years by FA-GAN, more by Group-GAN (Palsson et al.,
    CVPRW 2018).

    The paper leaves exactly 20 open; here it is FA-GAN's. Where Group-GAN would change nothing,
    because age and target fall in one group, FA-GAN does it too. F-GAN has no weights and no loss
    of its own: `fit` trains its two parts side by side, each as if alone, on
    `{"fa_gan": batch, "group_gan": batch}`.

    Its frame is FA-GAN's. Where that shows the whole head and Group-GAN knows the tight frame,
    Group-GAN is given the tight window of the face, at its own size, and its change is brought back
    to the window's place, fading towards its border; so too where Group-GAN works at another size
    alone.

    Args:
        image_size: side of the face in pixels.
        fa_gan: a `FAGAN`, or the dict of its arguments.
        group_gan: a `GroupGAN`, or the dict of its arguments.
        threshold: years up to which FA-GAN is used.
        age_network: specification of the age network; FA-GAN's when None.

    Raises:
        ValueError: a Group-GAN that needs more of the head than FA-GAN's frame shows.
    """

    loss_names = (
        *(f"fa_gan_{name}" for name in FAGAN.loss_names),
        *(f"group_gan_{name}" for name in GroupGAN.loss_names),
    )
    discriminator_loss_names = ("fa_gan_discriminator", "group_gan_discriminator")
    background_losses = tuple(f"group_gan_{name}" for name in GroupGAN.background_losses)

    def __init__(
        self,
        image_size: int = 128,
        fa_gan: FAGAN | Mapping[str, Any] | None = None,
        group_gan: GroupGAN | Mapping[str, Any] | None = None,
        threshold: float = 20.0,
        age_network: Specification = None,
        **kwargs: Unpack[LayerArguments],
    ):
        if not isinstance(fa_gan, FAGAN):
            fa_gan = FAGAN(**{"image_size": image_size, **(fa_gan or {})})
        if not isinstance(group_gan, GroupGAN):
            group_gan = GroupGAN(**{"image_size": image_size, **(group_gan or {})})
        members = {"fa_gan": fa_gan, "group_gan": group_gan}
        super().__init__(
            image_size,
            age_network or fa_gan.age_regressor.network,
            {
                f"{part}_{name}": weight
                for part, model in members.items()
                for name, weight in model.weights_of_losses.items()
            },
            fa_gan.momentum,
            frame=fa_gan.frame,
            **kwargs,
        )
        self.fa_gan, self.group_gan = fa_gan, group_gan
        if self.group_gan.frame not in (self.frame, TIGHT.name):
            raise ValueError(
                f"FGAN got an FA-GAN of the {self.frame} frame and a Group-GAN of the {self.group_gan.frame} frame, which shows more; it needs a Group-GAN of the "
                f"{self.frame} frame, or an FA-GAN of the {self.group_gan.frame} frame."
            )
        self.threshold = threshold

    @property
    def parts(self) -> tuple[str, ...]:
        # Group-GAN's generators are of one piece.
        return ()

    @property
    def members(self) -> dict[str, FAGAN | GroupGAN]:
        """The two models by name."""
        return {"fa_gan": self.fa_gan, "group_gan": self.group_gan}

    def _of_parts(self, attribute):
        return {
            f"{part}_{name}": network
            for part, model in self.members.items()
            for name, network in getattr(model, attribute).items()
        }

    @property
    def generators(self) -> dict[str, keras.Model]:
        return self._of_parts("generators")

    @property
    def averages(self) -> dict[str, keras.Model]:
        return self._of_parts("averages")

    @property
    def discriminators(self) -> dict[str, keras.Model]:
        return self._of_parts("discriminators")

    def generator_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Any]:
        losses: dict[str, Tensor] = {}
        fakes: dict[str, Any] = {}
        for part, model in self.members.items():
            own, fakes[part] = model.generator_losses(batch[part])
            losses |= {f"{part}_{name}": value for name, value in own.items()}
        return losses, fakes

    def discriminator_losses(self, batch: Batch, fakes: Any) -> dict[str, Tensor]:
        return {
            f"{part}_discriminator": model.discriminator_losses(batch[part], fakes[part])[
                "discriminator"
            ]
            for part, model in self.members.items()
        }

    def observe(self, batch: Batch) -> dict[str, Observation]:
        return {
            f"{part} {way}": seen
            for part, model in self.members.items()
            for way, seen in model.observe(batch[part]).items()
        }

    @property
    def routes(self) -> tuple[Route, ...]:
        own = lambda part, route, **changes: dataclasses.replace(
            route, direction=f"{part}_{route.direction}", **changes
        )
        # Where both ages are of one group, Group-GAN has no route, and FA-GAN's are next.
        many = [own("group_gan", route, beyond=self.threshold) for route in self.group_gan.routes]
        return (*many, *(own("fa_gan", route) for route in self.fa_gan.routes))

    def edit_in(
        self, direction: str, faces: Tensor, years: Tensor, ages: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        part = next(part for part in self.members if direction.startswith(f"{part}_"))
        edit = self.fa_gan.edit_in if part == "fa_gan" else self._edit_by_group_gan
        changed, flow = edit(direction.removeprefix(f"{part}_"), faces, years, ages)
        if flow is None and self.moves_faces:
            # Where one part moves faces, an edit of the other is one that moves them nowhere.
            side = self.image_size // 4
            flow = ops.zeros((ops.shape(faces)[0], side, side, 2), "float32")
        return changed, flow

    def _edit_by_group_gan(self, direction, faces, years, ages):
        """`(changed, flow)` of Group-GAN, whatever its frame and its size."""
        own, there, here = (
            self.group_gan.image_size,
            FRAMES[self.group_gan.frame],
            FRAMES[self.frame],
        )
        if there is here:
            if own == self.image_size:
                return self.group_gan.edit_in(direction, faces, years, ages)
            small = resize_by_matrices(faces, own)
            changed, flow = self.group_gan.edit_in(direction, small, years, ages)
            side = self.image_size // 4
            return faces + resize_by_matrices(
                changed - small, self.image_size, "cubic"
            ), None if flow is None else resize_by_matrices(flow, side, "cubic")
        small = cut_window(faces, here.window(there), own)
        changed, flow = self.group_gan.edit_in(direction, small, years, ages)
        core = {"core": MOVING_CORE} if self.group_gan.moves_faces else {}

        def back(values, size, scale=1.0):
            side = values.shape[1]
            mask = scale * feathered_mask(side, **core)[None, :, :, None]
            return cut_window(
                values * ops.convert_to_tensor(mask, "float32"), there.window(here), size, "cubic"
            )

        # A flow is in fractions of the square that it moves.
        return faces + back(changed - small, self.image_size), None if flow is None else back(
            flow, self.image_size // 4, here.scale / there.scale
        )

    def for_release(self) -> Self:
        release = super().for_release()
        for part, model in self.members.items():
            release.members[part].age_regressor.network.set_weights(
                model.age_regressor.network.get_weights()
            )
        return release

    def release_config(self) -> Config:
        return {
            **self.get_config(),
            **{part: model.release_config() for part, model in self.members.items()},
        }

    def get_config(self) -> Config:
        own = self.age_regressor.network
        shared = own is self.fa_gan.age_regressor.network
        return {
            "image_size": self.image_size,
            **{part: model.get_config() for part, model in self.members.items()},
            "threshold": self.threshold,
            "age_network": None if shared else networks.serialize(own),
        }
