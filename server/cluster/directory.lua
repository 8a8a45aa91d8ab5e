-- The directory's rules inside Redis: the twin of ledger.py, in its order and with its names. One call is one script, so
-- nothing comes between what it reads and what it writes.
--
-- KEYS[1]  the prefix of all keys, with {braces}, so that they lie together
-- ARGV     operation, time in ms (0: Redis's own), TTL, away, seat, orphan in ms, what a directory holds at most (processes,
--          rooms, orphans), then its own words
--
-- prefix:state      run, heard, owned_until, young_until, number
-- prefix:leases     until by lease       prefix:lease:N     what the process says of itself
-- prefix:rooms      until by room        prefix:room:NAME   lease, fence, notice, players, seats
-- prefix:orphans    since when by room    prefix:orphan:NAME notice, fence
-- prefix:lively     people by room, of those open to all    prefix:seats:NAME  until by reserved seat
--
-- Times in the sorted sets decide. Redis's own expiry only sweeps up after a TTL in which nobody came by.

local P = KEYS[1]
local op, now = ARGV[1], tonumber(ARGV[2])
local ttl, away, seat_ms, orphan_ms = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local processes_max, rooms_max, orphans_max = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local at = 10
local call = redis.call

if now == 0 then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local STATE, LEASES, ROOMS, LIVELY = P .. ':state', P .. ':leases', P .. ':rooms', P .. ':lively'
local ORPHANS = P .. ':orphans'
local STATE_KEPT_MS, DROPPED_MAX = 604800000, 1000
local ROOM_KEPT_MS = 2 * ttl + orphan_ms

local function word()
  at = at + 1
  return ARGV[at - 1]
end

local function number()
  return tonumber(word())
end

local function state(field)
  return tonumber(call('HGET', STATE, field) or 0)
end

local function lease_key(lease)
  return P .. ':lease:' .. lease
end

local function room_key(name)
  return P .. ':room:' .. name
end

local function seats_key(name)
  return P .. ':seats:' .. name
end

local function orphan_key(name)
  return P .. ':orphan:' .. name
end

local function lives(set, member)
  local till = call('ZSCORE', set, member)
  return till and tonumber(till) > now
end

local function room_of(name)
  if not lives(ROOMS, name) then return nil end
  local found = call('HMGET', room_key(name), 'lease', 'fence', 'notice', 'players', 'seats')
  if not found[1] then return nil end
  return { lease = found[1], fence = tonumber(found[2]), notice = found[3], players = tonumber(found[4]), seats = tonumber(found[5]) }
end

local function drop_room(name)
  call('DEL', room_key(name), seats_key(name))
  call('ZREM', ROOMS, name)
  call('ZREM', LIVELY, name)
end

local function drop_orphan(name)
  call('DEL', orphan_key(name))
  call('ZREM', ORPHANS, name)
end

-- Instead of being dropped alone.
local function orphan(name, since)
  local found = call('HMGET', room_key(name), 'notice', 'fence')
  if found[1] and since + orphan_ms > now and call('ZCARD', ORPHANS) < orphans_max then
    call('ZADD', ORPHANS, since, name)
    call('PEXPIRE', ORPHANS, ROOM_KEPT_MS)
    call('HSET', orphan_key(name), 'notice', found[1], 'fence', found[2])
    call('PEXPIRE', orphan_key(name), ROOM_KEPT_MS)
  end
  drop_room(name)
end

local function drop_lease(lease)
  call('DEL', lease_key(lease))
  call('ZREM', LEASES, lease)
end

local function forget()
  for _, name in ipairs(call('ZRANGEBYSCORE', ORPHANS, '-inf', now - orphan_ms, 'LIMIT', 0, DROPPED_MAX)) do drop_orphan(name) end
  for _, name in ipairs(call('ZRANGEBYSCORE', ROOMS, '-inf', now, 'LIMIT', 0, DROPPED_MAX)) do
    orphan(name, tonumber(call('ZSCORE', ROOMS, name)))
  end
  for _, lease in ipairs(call('ZRANGEBYSCORE', LEASES, '-inf', now, 'LIMIT', 0, DROPPED_MAX)) do drop_lease(lease) end
end

local function hear()
  local run = string.match(call('INFO', 'server'), 'run_id:(%x+)')
  local heard = state('heard')
  if call('HGET', STATE, 'run') ~= run or (state('owned_until') > heard and now - heard > away) then
    call('HSET', STATE, 'young_until', now + ttl)
  end
  call('HSET', STATE, 'run', run, 'heard', now)
  call('PEXPIRE', STATE, STATE_KEPT_MS)
  forget()
end

local function is_young()
  return now < state('young_until')
end

local function raise_number(least)
  call('HSET', STATE, 'number', math.max(state('number'), least))
end

local function next_number()
  raise_number(math.max(state('number') + 1, now))
  return state('number')
end

local function held(name)
  call('ZREMRANGEBYSCORE', seats_key(name), '-inf', now)
  return call('ZCARD', seats_key(name))
end

local function keep_lease(lease, process)
  call('ZADD', LEASES, now + ttl, lease)
  call('PEXPIRE', LEASES, 2 * ttl)
  call('SET', lease_key(lease), process, 'PX', 2 * ttl)
  call('HSET', STATE, 'owned_until', math.max(state('owned_until'), now + ttl))
end

-- name, players, people, seats, private, notice
local function read_notice()
  return { name = word(), players = word(), people = word(), seats = word(), private = word() == '1', notice = word() }
end

local has_orphans

local function keep_room(it, lease, fence)
  if has_orphans == nil then has_orphans = call('EXISTS', ORPHANS) == 1 end
  if has_orphans then drop_orphan(it.name) end
  call('ZADD', ROOMS, now + ttl, it.name)
  call('PEXPIRE', ROOMS, ROOM_KEPT_MS)
  call('HSET', room_key(it.name), 'lease', lease, 'fence', fence, 'notice', it.notice, 'players', it.players, 'seats', it.seats)
  call('PEXPIRE', room_key(it.name), ROOM_KEPT_MS)
  if it.private then
    call('ZREM', LIVELY, it.name)
  else
    call('ZADD', LIVELY, it.people, it.name)
    call('PEXPIRE', LIVELY, 2 * ttl)
  end
end

local function renew(lease, it, fence)
  local room = room_of(it.name)
  if room and room.lease == lease and room.fence == fence then
    keep_room(it, lease, fence)
  elseif is_young() and (not room or room.fence < fence) then
    raise_number(fence)
    drop_room(it.name)
    keep_room(it, lease, fence)
  else
    return false
  end
  return true
end

local function entry(name)
  local room = room_of(name)
  if not room or not lives(LEASES, room.lease) then return nil end
  local silent = math.max(0, now + ttl - tonumber(call('ZSCORE', LEASES, room.lease)))
  local process = call('GET', lease_key(room.lease))
  if not process then return nil end
  return { room.notice, room.fence, tonumber(room.lease), process, held(name), silent }
end

local operations = {}

function operations.join()
  hear()
  if call('ZCARD', LEASES) >= processes_max then return 0 end
  local lease = next_number()
  keep_lease(string.format('%d', lease), word())
  return lease
end

function operations.beat()
  hear()
  local lease, process = word(), word()
  if not lives(LEASES, lease) and not is_young() then return { 1, {}, {} } end
  raise_number(tonumber(lease))
  keep_lease(lease, process)
  local lost, names, mine = {}, {}, {}
  for _ = 1, number() do
    local fence, it = number(), read_notice()
    table.insert(names, it.name)
    if not renew(lease, it, fence) then table.insert(lost, it.name) end
  end
  for _ = 1, number() do
    local name, seat = word(), word()
    local room = room_of(name)
    if room and room.lease == lease then call('ZREM', seats_key(name), seat) end
  end
  for _, name in ipairs(names) do
    local room, count = room_of(name), held(name)
    if room and room.lease == lease and count > 0 then
      table.insert(mine, name)
      table.insert(mine, count)
    end
  end
  return { 0, lost, mine }
end

local function claim(lease, is_new, it)
  local room = room_of(it.name)
  if not lives(LEASES, lease) then return { 'lost', 0, 0, 0 } end
  if room and room.lease ~= lease then return { 'taken', 0, tonumber(room.lease), 0 } end
  if not room and not is_new and is_young() then return { 'wait', 0, 0, state('young_until') - now } end
  if not room and call('ZCARD', ROOMS) >= rooms_max then return { 'full', 0, 0, 0 } end
  local fence = next_number()
  keep_room(it, lease, fence)
  return { 'granted', fence, 0, 0 }
end

function operations.claim()
  hear()
  local lease, is_new, it = word(), word() == '1', read_notice()
  return claim(lease, is_new, it)
end

function operations.claim_new()
  hear()
  local lease, claimed = word(), {}
  for _ = 1, number() do table.insert(claimed, claim(lease, true, read_notice())) end
  return claimed
end

function operations.release()
  hear()
  local lease, name, fence = word(), word(), number()
  local room = room_of(name)
  if room and room.lease == lease and room.fence == fence then drop_room(name) end
  if tonumber(call('HGET', orphan_key(name), 'fence') or -1) == fence then drop_orphan(name) end
  return 1
end

function operations.leave()
  hear()
  local lease, hands_over = word(), word() == '1'
  drop_lease(lease)
  local last = call('ZREVRANGE', LEASES, 0, 0, 'WITHSCORES')
  call('HSET', STATE, 'owned_until', last[2] or 0)
  local own = {}
  for _, name in ipairs(call('ZRANGE', ROOMS, 0, -1)) do
    if call('HGET', room_key(name), 'lease') == lease then table.insert(own, name) end
  end
  table.sort(own)
  for _, name in ipairs(own) do
    if hands_over then orphan(name, now) else drop_room(name) end
  end
  return 1
end

local function reserve(name, room, seat)
  local others = held(name)
  if call('ZSCORE', seats_key(name), seat) then others = others - 1 end
  if room.players + others >= room.seats then return 0 end
  call('ZADD', seats_key(name), now + seat_ms, seat)
  call('PEXPIRE', seats_key(name), 2 * seat_ms)
  return 1
end

function operations.lead()
  forget()
  local name, seat, asker, silent_max = word(), word(), word(), number()
  local found = entry(name)
  if not found then return { call('ZSCORE', ORPHANS, name) and 1 or 0, 0 } end
  local process, silent = cjson.decode(found[4]), found[6]
  local may_go = process.is_open and process.url ~= asker and silent <= silent_max
  local is_kept = seat ~= '' and may_go and reserve(name, room_of(name), seat) or 0
  return { 0, is_kept, unpack(found) }
end

function operations.find()
  return entry(word()) or {}
end

function operations.listed()
  forget()
  local entries = {}
  for _, name in ipairs(call('ZREVRANGE', LIVELY, 0, number() - 1)) do
    table.insert(entries, entry(name))
  end
  return entries
end

function operations.processes()
  local found = {}
  for _, lease in ipairs(call('ZRANGEBYSCORE', LEASES, '(' .. string.format('%d', now), '+inf')) do
    local process = call('GET', lease_key(lease))
    if process then
      table.insert(found, tonumber(lease))
      table.insert(found, process)
    end
  end
  return found
end

function operations.orphans()
  hear()
  local found = {}
  if is_young() then return found end
  for _, name in ipairs(call('ZRANGE', ORPHANS, 0, number() - 1)) do
    local told = call('HMGET', orphan_key(name), 'notice', 'fence')
    if told[1] then table.insert(found, { told[1], tonumber(told[2]), now - tonumber(call('ZSCORE', ORPHANS, name)) }) end
  end
  return found
end

function operations.is_orphan()
  forget()
  return call('ZSCORE', ORPHANS, word()) and 1 or 0
end

-- What seats are signed with: the same for everybody here, and drawn anew when it is lost.
function operations.key()
  local fresh = word()
  call('SET', P .. ':key', fresh, 'NX', 'PX', STATE_KEPT_MS)
  call('PEXPIRE', P .. ':key', STATE_KEPT_MS)
  return call('GET', P .. ':key')
end

return operations[op]()
