-- Makes leases last again. ARGV: node, milliseconds. Returns how many had to be put back, then the
-- places of those that another node has.
local answer = {0}
for place, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if holder == ARGV[1] then
    redis.call('PEXPIRE', key, ARGV[2])
  elseif not holder then
    redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
    answer[1] = answer[1] + 1
  else
    answer[#answer + 1] = place
  end
end
return answer
