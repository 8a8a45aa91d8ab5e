-- What admins have decided, inside Redis: the rule of decisions.py. One call is one script, so nothing comes between what
-- it reads and what it writes.
--
-- KEYS[1]  the prefix of all keys, with {braces}, so that they lie together
-- ARGV     operation, how many may be kept, then its own words: decisions for `keep`, a revision for `kept`
--
-- prefix:decisions          by what and whom: ["ban", key, decided_ms, until_ms, is_lifted, reason]
-- prefix:decisions:until    until when each is remembered
-- prefix:decisions:revision greater after each change, and than before Redis forgot everything

local P = KEYS[1]
local op, decisions_max = ARGV[1], tonumber(ARGV[2])
local call = redis.call
local DECISIONS, UNTIL, REVISION = P .. ':decisions', P .. ':decisions:until', P .. ':decisions:revision'
local DROPPED_MAX = 1000
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function forget()
  for _, about in ipairs(call('ZRANGEBYSCORE', UNTIL, '-inf', now, 'LIMIT', 0, DROPPED_MAX)) do
    call('HDEL', DECISIONS, about)
    call('ZREM', UNTIL, about)
  end
end

local function is_newer(one, other)
  if one[3] ~= other[3] then return one[3] > other[3] end
  if one[5] ~= other[5] then return one[5] end
  return one[4] > other[4]
end

local operations = {}

function operations.keep()
  forget()
  local has_changed = false
  for at = 3, #ARGV do
    local decision = cjson.decode(ARGV[at])
    local about = decision[1] .. ' ' .. decision[2]
    local known = call('HGET', DECISIONS, about)
    local fits = known or call('HLEN', DECISIONS) < decisions_max
    if decision[4] > now and fits and (not known or is_newer(decision, cjson.decode(known))) then
      call('HSET', DECISIONS, about, ARGV[at])
      call('ZADD', UNTIL, decision[4], about)
      has_changed = true
    end
  end
  if has_changed then
    local before = tonumber(call('GET', REVISION) or 0)
    call('SET', REVISION, string.format('%d', math.max(before + 1, now)))
    local last = call('ZREVRANGE', UNTIL, 0, 0, 'WITHSCORES')
    for _, key in ipairs({ DECISIONS, UNTIL, REVISION }) do
      call('PEXPIRE', key, string.format('%d', last[2] - now + 60000))
    end
  end
  return 1
end

function operations.kept()
  local revision = call('GET', REVISION) or '0'
  if revision == ARGV[3] then return {} end
  forget()
  return { revision, call('HVALS', DECISIONS) }
end

return operations[op]()
