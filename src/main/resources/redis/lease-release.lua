-- Lets leases go that are the node's. ARGV: node. Returns the places of those that were.
local released = {}
for place, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then
    redis.call('DEL', key)
    released[#released + 1] = place
  end
end
return released
