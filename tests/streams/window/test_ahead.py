"""Devices whose clocks ran ahead."""

from streams.window.ahead import arrays_of, claim, is_claimed


def test_a_device_is_kept_once_with_the_latest_time_it_claimed() -> None:
    devices, untils = arrays_of({7: 100}, events=2)
    assert claim(devices, untils, 1, 7, 300) == 1
    assert claim(devices, untils, 1, 7, 200) == 1
    assert claim(devices, untils, 1, 8, 50) == 2
    assert (devices[:2].tolist(), untils[:2].tolist()) == ([7, 8], [300, 50])


def test_a_time_is_claimed_up_to_the_latest_and_only_by_its_device() -> None:
    devices, untils = arrays_of({7: 100, 8: 200}, events=1)
    assert [is_claimed(devices, untils, 2, 7, time_ms) for time_ms in (99, 100, 101)] == [True, True, False]
    assert is_claimed(devices, untils, 2, 8, 200)
    assert not is_claimed(devices, untils, 2, 9, 0)
    assert not is_claimed(devices, untils, 1, 8, 200)
