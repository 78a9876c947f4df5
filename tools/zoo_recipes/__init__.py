"""What each released entry was trained with."""

from zoo_recipes.adversarial import CycleGan, FaGan, GroupGan
from zoo_recipes.age_networks import AgeGuide, AgeJudge, AgeJudgeRefined, AgeNetwork, AgeNetworkAveraged, AgeNetworkFinished, AgeNetworkRefined
from zoo_recipes.distilled import CycleGanPrototypes, FaGanPrototypes, GroupGanPrototypes

RECIPES = {
    "age_network": AgeNetwork,
    "age_network_refined": AgeNetworkRefined,
    "age_network_finished": AgeNetworkFinished,
    "age_network_averaged": AgeNetworkAveraged,
    "age_guide": AgeGuide,
    "age_judge": AgeJudge,
    "age_judge_refined": AgeJudgeRefined,
    "fagan_prototypes": FaGanPrototypes,
    "fagan": FaGan,
    "groupgan_prototypes": GroupGanPrototypes,
    "groupgan": GroupGan,
    "cyclegan_prototypes": CycleGanPrototypes,
    "cyclegan": CycleGan,
}
