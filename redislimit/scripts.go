package redislimit

import "github.com/redis/go-redis/v9"

// The scripts use the clock of Redis, in milliseconds, since those of the instances may differ. A
// slot is a member of a sorted set, scored by the time when it expires.

// admit gives a caller one of the slots for callers that are counted separately, until everything
// that it sent has drained. It returns 1, or 0 if no slot is free. A caller with a slot keeps it
// for as much longer as this request takes to drain, but no longer than a window.
//
//	KEYS  callers
//	ARGV  caller, time to drain, window, most callers
var admit = redis.NewScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local was = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not was and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
local window = tonumber(ARGV[3])
redis.call('ZADD', KEYS[1], math.min((tonumber(was) or now) + tonumber(ARGV[2]), now + window), ARGV[1])
redis.call('PEXPIRE', KEYS[1], window)
return 1
`)

// take takes a slot, files and bytes of one caller, all or nothing. It takes them once for an id,
// since the client repeats a script whose answer was lost.
//
//	KEYS  slots, amounts
//	ARGV  id, life of the slot, most slots, window, files, most files, bytes, most bytes
//
// It returns what is missing, "" if nothing is, and the milliseconds until it is available, 0 for
// slots, of which that is unknown. Amounts are what was used, and when. They drain evenly, the
// whole limit in a window, and are then removed.
var take = redis.NewScript(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {'', 0} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return {'slots', 0} end

local window = tonumber(ARGV[4])
local was = redis.call('HMGET', KEYS[2], 'files', 'bytes', 'at')
local since = math.max(0, now - (tonumber(was[3]) or now))
local used, drains = {}, 1
for i, what in ipairs({'files', 'bytes'}) do
	local more, limit = tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
	used[i] = math.max(0, (tonumber(was[i]) or 0) - since * limit / window) + more
	if used[i] > limit then return {what, math.ceil((used[i] - limit) * window / limit)} end
	drains = math.max(drains, math.ceil(used[i] * window / limit))
end

local life = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now + life, ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(life, redis.call('PTTL', KEYS[1])))
redis.call('HSET', KEYS[2], 'files', used[1], 'bytes', used[2], 'at', now)
redis.call('PEXPIRE', KEYS[2], drains)
return {'', 0}
`)

// settle frees a slot of one caller and gives back what was not used. If the slot is gone it gives
// nothing back: Redis may have lost what was taken.
//
//	KEYS  slots, amounts, requests
//	ARGV  id, window, files, most files, bytes, most bytes
//
// It returns when nothing of the caller counts any more, 0 if that is not known.
var settle = redis.NewScript(`
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local window, drains = tonumber(ARGV[2]), 1
local at = tonumber(redis.call('HGET', KEYS[2], 'at'))
for i, what in ipairs({'files', 'bytes'}) do
	local used, back, limit = tonumber(redis.call('HGET', KEYS[2], what)), tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
	if used and back > 0 then
		used = used - back
		redis.call('HSET', KEYS[2], what, used)
	end
	if used and at then drains = math.max(drains, math.ceil(used * window / limit) - (now - at)) end
end
redis.call('PEXPIRE', KEYS[2], drains)
return now + math.max(drains, redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[3]))
`)

// enter takes one of the slots that all callers share, once for an id. It returns 1, or 0 if no
// slot is free. With a second key it writes there whose slot it is.
//
//	KEYS  slots, owner
//	ARGV  id, life of the slot, most slots, caller
var enter = redis.NewScript(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
local life = tonumber(ARGV[2])
if KEYS[2] then redis.call('SET', KEYS[2], ARGV[4], 'PX', life) end
redis.call('ZADD', KEYS[1], now + life, ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(life, redis.call('PTTL', KEYS[1])))
return 1
`)

// renew extends the life of a slot, if it exists.
//
//	KEYS  slots
//	ARGV  id, life of the slot
var renew = redis.NewScript(`
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local clock = redis.call('TIME')
local life = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], clock[1] * 1000 + math.floor(clock[2] / 1000) + life, ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(life, redis.call('PTTL', KEYS[1])))
return 1
`)
