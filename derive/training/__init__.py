"""Training: gradient descent on samples with the generated NumPy code, and what the trained model says."""

from derive.training.descent import Diverged, Settings, Training, train
from derive.training.prediction import Verdict, judge, predictions
from derive.training.samples import Samples, samples

__all__ = [
    "Diverged",
    "Samples",
    "Settings",
    "Training",
    "Verdict",
    "judge",
    "predictions",
    "samples",
    "train",
]
