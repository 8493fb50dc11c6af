-- Says that a node is there, forgets those that said so too long ago. KEYS: the nodes, when the
-- first one was seen. ARGV: node, milliseconds, how many mailboxes it has, how many it is short of.
-- Returns whether the node was known, the milliseconds since the first one was seen, and the nodes.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function lastsUntil(entry)
  return tonumber(string.match(entry, '^%d+'))
end

local before = redis.call('HGET', KEYS[1], ARGV[1])
local known = before and lastsUntil(before) >= now
redis.call('HSET', KEYS[1], ARGV[1],
  string.format('%.0f %s %s', now + ARGV[2], ARGV[3], ARGV[4]))
redis.call('SET', KEYS[2], string.format('%.0f', now), 'NX')

local answer = {known and '1' or '0', string.format('%.0f', now - redis.call('GET', KEYS[2]))}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if lastsUntil(all[i + 1]) < now then
    redis.call('HDEL', KEYS[1], all[i])
  else
    answer[#answer + 1] = all[i] .. string.match(all[i + 1], ' .*$')
  end
end
return answer
