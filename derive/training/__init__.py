"""Training: gradient descent on samples with the generated NumPy code, and what the trained model says."""

from derive.training.curve import picture
from derive.training.descent import Diverged, Settings, Training, train
from derive.training.learned import learned_file, rounded
from derive.training.prediction import Verdict, judge, judged, output, predictions
from derive.training.samples import Samples, samples
from derive.training.tables import answer, table_of

__all__ = [
    "Diverged",
    "Samples",
    "Settings",
    "Training",
    "Verdict",
    "answer",
    "judge",
    "judged",
    "learned_file",
    "output",
    "picture",
    "predictions",
    "rounded",
    "samples",
    "table_of",
    "train",
]
