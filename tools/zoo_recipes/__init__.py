"""What each released entry was trained with."""

from zoo_recipes.age_networks import (
    AgeJudge,
    AgeJudgeRefined,
    AgeNetwork,
    AgeNetworkAveraged,
    AgeNetworkFinished,
    AgeNetworkRefined,
)

RECIPES = {
    "age_network": AgeNetwork,
    "age_network_refined": AgeNetworkRefined,
    "age_network_finished": AgeNetworkFinished,
    "age_network_averaged": AgeNetworkAveraged,
    "age_judge": AgeJudge,
    "age_judge_refined": AgeJudgeRefined,
}
