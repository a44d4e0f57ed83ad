"""The main path on small synthesised clips: frames, times, audio, resume, cancel, memory, and nothing left behind."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import (
    CancelToken,
    Cancelled,
    Event,
    Job,
    Notice,
    Planned,
    RestorationSettings,
    SegmentDone,
    Verified,
)
from engine.errors import DiskFullError, MemoryBudgetError, SettingsError, VerificationError
from engine.media.packets import audio_digests
from engine.media.probe import probe
from engine.media.survey import survey
from engine.models.compact.restorer import CompactRestorer
from engine.plan import Plan
from engine.restore import restore
from engine.store import store_folder
from tests import clips
