"""The rating survey: a study built from aged faces, served to browsers, and what its
raters said.
"""

from faceaging_tf.errors import SurveyError
from faceaging_tf.evaluate.survey.building import Candidate, build_study, check_folder
from faceaging_tf.evaluate.survey.study import Pair, Study, read_study
