// What an agent does by MCP, with the client of the reference SDK: lists the tools, sends a mail twice under one
// id, searches, reads, and waits for a mail. Prints what it was told, as JSON.
//
//   node mcp-client.mjs '{"url", "key", "mail", "search", "wait"}'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const task = JSON.parse(process.argv[2]);
const client = new Client({ name: "test", version: "1" });
await client.connect(
  new StreamableHTTPClientTransport(new URL(task.url), {
    requestInit: { headers: { Authorization: `Bearer ${task.key}` } },
  }),
);

async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  const text = result.content.map((part) => part.text).join("\n");
  if (result.isError) {
    throw new Error(`${name}: ${text}`);
  }
  return text;
}

/** The JSON between the delimiters of what strangers wrote. */
function data(text) {
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

const { tools } = await client.listTools();
const first = JSON.parse(await call("send", task.mail));
const second = JSON.parse(await call("send", task.mail));
const found = data(await call("search_mail", { q: task.search }));
const read = await call("read_message", { message: found.items[0].id });
const waited = data(await call("wait_for_mail", { text: task.wait, seconds: 20 }));
let refused = "nothing";
try {
  await call("send", { ...task.mail, id: undefined });
} catch (e) {
  refused = e.message;
}
await client.close();

console.log(
  JSON.stringify({
    instructions: client.getInstructions(),
    tools: tools.map((tool) => tool.name),
    first,
    second,
    found: found.items.map((item) => item.id),
    read,
    waited,
    refused,
  }),
);
