-- For wrk: posts the WAV files of the folder in the environment variable CLIPS in turn.
local bodies = {}
for name in io.popen('ls "' .. os.getenv("CLIPS") .. '"/*.wav'):lines() do
  local file = io.open(name, "rb")
  bodies[#bodies + 1] = file:read("*a")
  file:close()
end

local last = 0
request = function()
  last = last % #bodies + 1
  return wrk.format("POST", "/v1/recognize", nil, bodies[last])
end
