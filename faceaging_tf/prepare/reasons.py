"""Why a file is not in the corpus: one word for tables, a sentence for people."""

LABEL = "label"
UNREADABLE = "unreadable"
NO_PICTURE = "no picture"
ANIMATED = "animated"
TOO_SLOW = "too slow"
ENDED_THE_PROCESS = "ended the process"
NO_FACE = "no face"
CUT_OUT = "cut out"
SEVERAL_FACES = "several faces"
SMALL_FACE = "small face"
TURNED_AWAY = "turned away"
BLURRED = "blurred"
SAME_FILE = "same file"
SAME_PICTURE = "same picture"
CONFLICTING_AGES = "conflicting ages"
IMPLAUSIBLE_AGE = "implausible age"

MEANINGS = {
    LABEL: "its name or label could not be understood",
    UNREADABLE: "the file could not be read",
    NO_PICTURE: "the file is no picture of a kind that is read, or is damaged",
    ANIMATED: "the file holds several pictures",
    TOO_SLOW: "reading it took too long",
    ENDED_THE_PROCESS: "it ended the process that read it",
    NO_FACE: "no face was found",
    CUT_OUT: "the picture shows less of the head than asked",
    SEVERAL_FACES: "a second face is nearly as large, so that nobody knows whom the label means",
    SMALL_FACE: "the face is smaller than asked",
    TURNED_AWAY: "the face is turned further than asked",
    BLURRED: "the face is blurrier than asked",
    SAME_FILE: "another file has the same bytes",
    SAME_PICTURE: "another file shows the same picture, and is sharper or comes first",
    CONFLICTING_AGES: "another file shows the same picture under another age",
    IMPLAUSIBLE_AGE: "the label lies far from the estimated age",
}
