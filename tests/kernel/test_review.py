"""Readings of a submission: one, two or three of them, by people who are not the same."""

import pytest

from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Process, SameReaderTwice, Stage, StageClosed, Verdict, next_stage

ONCE, TWICE = (Permission.DEPOSITS_BATCH_APPROVE,), (Permission.DEPOSITS_BATCH_APPROVE,) * 2


def read(verdict=Verdict.APPROVE, earlier=(), reader="wang", stage=Stage.READING, readings=TWICE):
    process = Process(edition="test", readings=readings)
    return next_stage(
        process, stage=stage, earlier_readers=frozenset(earlier), reader=reader, verdict=verdict, submitter="li"
    )


def test_two_readings_accept_and_one_of_two_does_not():
    assert read() is Stage.READING
    assert read(earlier=["zhao"]) is Stage.ACCEPTED
    assert read(readings=ONCE) is Stage.ACCEPTED


@pytest.mark.parametrize("earlier", [(), ("zhao",)])
def test_either_of_two_readers_can_end_it(earlier):
    assert read(Verdict.RETURN, earlier) is Stage.RETURNED
    assert read(Verdict.REFUSE, earlier) is Stage.REFUSED


@pytest.mark.parametrize("verdict", list(Verdict))
def test_nobody_reads_twice_or_what_they_submitted(verdict):
    with pytest.raises(SameReaderTwice):
        read(verdict, earlier=["wang"])
    with pytest.raises(SameReaderTwice):
        read(verdict, reader="li")


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.RETURNED, Stage.REFUSED])
def test_what_is_decided_takes_no_further_reading(stage):
    with pytest.raises(StageClosed):
        read(stage=stage)
