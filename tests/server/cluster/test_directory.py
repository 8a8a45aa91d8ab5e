"""What holds in every directory: in the one of this process, and in Redis."""

from server.cluster.directory import Directory
from server.cluster.records import Notice, Orphan, Owned, Process, Taken, Way, Why
from tests.server.cluster.timed import ASKER, HERE, ORPHAN, START_MS, THERE, TIMING, TTL, Timed, room


async def test_a_room_has_one_owner_until_nobody_has_heard_of_it_for_a_ttl(timed: Timed) -> None:
    directory = timed.directory
    first, second = await directory.join(HERE), await directory.join(THERE)
    assert (await directory.claim(first, room(), False)).why is Why.GRANTED
    for ms in range(2_000, TTL, 2_000):
        await timed.at(ms).beat(second, THERE, [], [])
        refused = await directory.claim(second, room(), False)
        assert (refused.why, refused.owner) == (Why.TAKEN, first)
    assert (await timed.at(TTL).claim(second, room(), False)).why is Why.GRANTED
    assert (await directory.beat(first, HERE, [], [])).is_lost


async def test_every_claim_has_a_greater_fence_than_all_before_and_voids_the_one_before(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fences = [(await directory.claim(lease, room(), False)).fence for _ in range(3)]
    assert fences == sorted(set(fences))
    await directory.release(lease, "pinball", fences[0])
    assert (await directory.beat(lease, HERE, [Owned(room(), fences[0])], [])).lost == ("pinball",)
    assert (await directory.beat(lease, HERE, [Owned(room(), fences[2])], [])).lost == ()


async def test_a_released_room_is_free_at_once(timed: Timed) -> None:
    directory = timed.directory
    first, second = await directory.join(HERE), await directory.join(THERE)
    fence = (await directory.claim(first, room(), False)).fence
    await directory.release(second, "pinball", fence)
    assert (await directory.claim(second, room(), False)).why is Why.TAKEN, "it isn't theirs to release"
    await directory.release(first, "pinball", fence)
    assert (await directory.claim(second, room(), False)).why is Why.GRANTED


async def test_a_room_that_its_owner_no_longer_speaks_of_goes_although_the_owner_lives(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fence = (await directory.claim(lease, room(), False)).fence
    for ms in range(2_000, TTL + 1, 2_000):
        await timed.at(ms).beat(lease, HERE, [], [])
    assert await directory.find("pinball") is None
    assert (await directory.beat(lease, HERE, [Owned(room(), fence)], [])).lost == ("pinball",)


async def test_one_that_may_have_forgotten_believes_owners_and_grants_new_names_alone(timed: Timed) -> None:
    first = START_MS + 70
    directory = timed.forget()
    newcomer = await directory.join(THERE)
    waits = await timed.at(1_000).claim(newcomer, room(), False)
    assert (waits.why, waits.wait_ms) == (Why.WAIT, TTL - 1_000)
    assert (await directory.claim(newcomer, room("x1"), True)).why is Why.GRANTED
    heard = await directory.beat(first, HERE, [Owned(room(), first + 8)], [])
    assert not heard.is_lost
    assert not heard.lost
    assert (await directory.claim(newcomer, room(), False)).owner == first
    older = await directory.beat(5, THERE, [Owned(room(), 6)], [])
    assert older.lost == ("pinball",), "the greater fence is right, whoever comes first"
    assert await directory.join(THERE) > first + 8


async def test_one_that_was_away_itself_is_young_again(timed: Timed) -> None:
    directory = timed.directory
    first, second = await directory.join(HERE), await directory.join(THERE)
    fence = (await directory.claim(first, room(), False)).fence
    assert (await timed.at(TTL + 1).claim(second, room(), False)).why is Why.LOST
    third = await directory.join(THERE)
    assert (await directory.claim(third, room(), False)).why is Why.WAIT, "stopped, or its clock was set forward"
    assert not (await directory.beat(first, HERE, [Owned(room(), fence)], [])).lost


async def test_whoever_looks_does_not_hide_that_it_was_away(timed: Timed) -> None:
    directory = timed.directory
    await directory.claim(await directory.join(HERE), room(), False)
    assert await timed.at(5 * TTL).find("pinball") is None
    assert (await directory.claim(await directory.join(THERE), room(), False)).why is Why.WAIT


async def test_after_all_have_left_nobody_waits(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    await directory.claim(lease, room(), False)
    await timed.at(100).leave(lease, False)
    assert await directory.find("pinball") is None
    lease = await timed.at(9 * TTL).join(THERE)
    assert (await directory.claim(lease, room(), False)).why is Why.GRANTED
    assert await directory.processes() == {lease: THERE}


async def keeps(directory: Directory, seat: str, name: str = "pinball", asker: str = ASKER) -> bool:
    return (await directory.lead(name, seat, asker)).is_kept


async def test_seats_are_reserved_until_taken_or_too_late(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fence = (await directory.claim(lease, room(seats=2), False)).fence
    assert await keeps(directory, "a")
    assert await keeps(directory, "a")
    assert await keeps(timed.at(1_000), "b")
    assert not await keeps(directory, "c")
    assert not await keeps(directory, "c", "elsewhere")
    sits = [Owned(room(players=1), fence)]
    heard = await timed.at(2_000).beat(lease, HERE, sits, [Taken("pinball", "a")])
    assert heard.held == (("pinball", 1),)
    assert not await keeps(directory, "c")
    entry = await directory.find("pinball")
    assert entry is not None
    assert (entry.held, entry.free, entry.process) == (1, 0, HERE)
    await timed.at(10_999).beat(lease, HERE, sits, [])
    assert not await keeps(directory, "c")
    assert await keeps(timed.at(11_000), "c"), "b never came"


async def test_whoever_leads_somebody_is_told_where_the_room_is_in_the_same_breath(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    await directory.claim(lease, room(), False)
    way = await directory.lead("pinball", "", ASKER)
    assert way == Way(await directory.find("pinball")), "who needs no seat holds none"
    before = await directory.find("pinball")
    assert await directory.lead("pinball", "a", ASKER) == Way(before, is_kept=True)
    after = await directory.find("pinball")
    assert before is not None
    assert after is not None
    assert (before.held, after.held) == (0, 1)
    assert await directory.lead("elsewhere", "a", ASKER) == Way()
    await directory.leave(lease, True)
    assert await directory.lead("pinball", "a", ASKER) == Way(is_orphan=True)


async def test_no_seat_is_kept_where_nobody_is_led(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fence = (await directory.claim(lease, room(), False)).fence
    assert not await keeps(directory, "a", asker=HERE.url), "it isn't there yet, or not any more"
    silent_ms = TIMING.silent_ms
    assert await keeps(timed.at(silent_ms), "a")
    assert not await keeps(timed.at(silent_ms + 1), "a"), "its owner may be gone"
    draining = Process(HERE.url, is_open=False)
    await directory.beat(lease, draining, [Owned(room(), fence)], [])
    assert not await keeps(directory, "b")
    entry = await directory.find("pinball")
    assert entry is not None
    assert entry.held == 1


async def test_the_list_has_what_is_open_to_all_and_the_liveliest_first(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    for notice in (room("a", players=1), room("b", players=2), room("c", players=2), room("d", 9, 9, private=True)):
        await directory.claim(lease, notice, True)
    assert [entry.notice.name for entry in await directory.listed(2)] == ["c", "b"]
    assert [entry.notice.name for entry in await directory.listed(9)] == ["c", "b", "a"]
    assert await directory.find("d") is not None


async def test_what_is_told_of_a_room_and_a_process_comes_back_as_it_was(timed: Timed) -> None:
    directory = timed.directory
    told = Notice("ä b", "Zoë’s “room”", "melee", "belt", 5, 2, 3, 8)
    process = Process("https://c.example:8443", 64, 900, 17, False)
    lease = await directory.join(process)
    fence = (await directory.claim(lease, told, True)).fence
    (entry,) = await directory.listed(5)
    assert (entry.notice, entry.process, entry.fence, entry.lease) == (told, process, fence, lease)


async def test_a_room_that_is_heard_of_no_more_is_an_orphan_until_somebody_claims_it(timed: Timed) -> None:
    directory = timed.directory
    first, second = await directory.join(HERE), await directory.join(THERE)
    fence = (await directory.claim(first, room(), False)).fence
    for ms in range(2_000, TTL, 2_000):
        await timed.at(ms).beat(second, THERE, [], [])
        assert await directory.orphans(9) == []
    assert await timed.at(TTL + 500).orphans(9) == [Orphan(room(), fence, 500)]
    assert await directory.is_orphan("pinball")
    assert await directory.find("pinball") is None
    assert (await directory.claim(second, room(players=1), False)).why is Why.GRANTED
    assert await directory.orphans(9) == []
    assert not await directory.is_orphan("pinball")
    third = await directory.join(HERE)
    assert (await directory.claim(third, room(), False)).owner == second, "one alone has it"


async def test_an_orphan_that_nobody_claims_is_forgotten(timed: Timed) -> None:
    directory = timed.directory
    await directory.claim(await directory.join(HERE), room(), False)
    for now_ms in range(0, TTL + ORPHAN, 2000):
        assert len(await timed.at(now_ms).orphans(9)) == (now_ms >= TTL), "who asks so often knows that it was there"
    assert len(await timed.at(TTL + ORPHAN - 1).orphans(9)) == 1
    assert await timed.at(TTL + ORPHAN).orphans(9) == []
    assert not await directory.is_orphan("pinball")


async def test_what_is_released_is_no_orphan_and_what_is_handed_over_is_one_at_once(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fences = {name: (await directory.claim(lease, room(name), False)).fence for name in ("c", "a", "b", "late")}
    await directory.release(lease, "b", fences["b"])
    await timed.at(10).beat(lease, HERE, [Owned(room(name), fences[name]) for name in ("c", "a")], [])
    await timed.at(100).leave(lease, True)
    assert [orphan.notice.name for orphan in await directory.orphans(9)] == ["a", "c", "late"]
    assert [orphan.notice.name for orphan in await directory.orphans(2)] == ["a", "c"], "as many as were asked for"
    await directory.release(lease, "c", fences["c"])
    assert [orphan.notice.name for orphan in await directory.orphans(9)] == ["a", "late"], "its end was told too late"
    other = await directory.join(THERE)
    await directory.claim(other, room("d"), False)
    await directory.leave(other, False)
    assert not await directory.is_orphan("d")


async def test_one_that_was_away_gives_no_orphans_away_while_owners_may_be_heard_of(timed: Timed) -> None:
    directory = timed.directory
    first, second = await directory.join(HERE), await directory.join(THERE)
    fences = [(await directory.claim(first, room(name), False)).fence for name in ("pinball", "belt")]
    await timed.at(TTL + 1_000).beat(second, THERE, [], [])
    assert await directory.orphans(9) == []
    assert (await directory.claim(second, room(), False)).why is Why.WAIT
    assert await directory.is_orphan("pinball"), "it may come back"
    assert not (await directory.beat(first, HERE, [Owned(room(), fences[0])], [])).lost
    for ms in range(3_000, TTL + 1_000, 2_000):
        await timed.at(TTL + ms).beat(first, HERE, [Owned(room(), fences[0])], [])
        assert await directory.orphans(9) == []
    assert [one.notice.name for one in await timed.at(2 * TTL + 1_000).orphans(9)] == ["belt"]


async def test_whoever_looks_sees_how_long_an_owner_has_been_silent(timed: Timed) -> None:
    directory = timed.directory
    lease = await directory.join(HERE)
    fence = (await directory.claim(lease, room(), False)).fence
    for ms, silent_ms in ((0, 0), (3_000, 3_000)):
        entry = await timed.at(ms).find("pinball")
        assert entry is not None
        assert entry.silent_ms == silent_ms
    await directory.beat(lease, HERE, [Owned(room(), fence)], [])
    (entry,) = await timed.at(3_200).listed(9)
    assert entry.silent_ms == 200


async def test_all_processes_have_the_same_key(timed: Timed) -> None:
    key = await timed.directory.key()
    assert len(key) == 32
    assert await timed.directory.key() == key


async def test_new_rooms_are_claimed_together(timed: Timed) -> None:
    directory = timed.at(0)
    first, second = await directory.join(HERE), await directory.join(THERE)
    await directory.claim(first, room("b"), True)
    claimed = await directory.claim_new(second, [room(name) for name in "abc"])
    assert [one.why for one in claimed] == [Why.GRANTED, Why.TAKEN, Why.GRANTED]
    assert claimed[1].owner == first
    assert claimed[0].fence < claimed[2].fence
    assert [one.why for one in await directory.claim_new(0, [room("d"), room("e")])] == [Why.LOST, Why.LOST]
    assert await directory.claim_new(second, []) == []
