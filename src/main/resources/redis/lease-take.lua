-- Takes the mailboxes that nobody has. ARGV: node, milliseconds. Returns the places of those that
-- are the node's now.
local taken = {}
for place, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if not holder or holder == ARGV[1] then
    redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
    taken[#taken + 1] = place
  end
end
return taken
