package org.byoemail.command.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stdio transport of the gateway's MCP server: each line of the input is a message, which is
 * posted to {@code /mcp}; what is answered is a line of the output. Messages are answered side by
 * side, since waiting for mail must not hold up the others.
 */
final class McpCommand extends GatewayCommand {
  private static final int MAX_LINE = 1 << 20;

  /** More than the waits that a gateway allows to a key. */
  private static final int AT_ONCE = 64;

  private static final int FAILURE = -32000;
  private static final int PARSE_ERROR = -32700;
  private static final long ENDING_SECONDS = 60;
  private static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar mcp [--url URL]

      Connects an MCP client that starts its servers as processes to the MCP server of a gateway,
      which must be enabled there (BYO_MCP_ENABLED=true). The tools are those that the key may use.

        --url URL   of the gateway (default http://localhost:8080)
      """;

  private final ObjectMapper json = new ObjectMapper();
  private volatile @Nullable String version;

  McpCommand(CommandLine line) {
    super("mcp", line);
  }

  @Override
  Set<String> valued() {
    return Set.of();
  }

  @Override
  Set<String> flags() {
    return Set.of();
  }

  @Override
  String usage() {
    return USAGE;
  }

  @Override
  int run(CommandOptions options, GatewayApi api) throws IOException, InterruptedException {
    ExecutorService posting = Executors.newCachedThreadPool();
    Semaphore free = new Semaphore(AT_ONCE);
    try (InputStream in = new BufferedInputStream(line().in())) {
      for (byte[] message = next(in); message != null; message = next(in)) {
        byte[] one = message;
        if (one.length > MAX_LINE) {
          refuseLong(in, one);
          continue;
        }
        if (isInitialize(one)) {
          exchange(api, one); // The version that it negotiates is sent with all others.
          continue;
        }
        if (!free.tryAcquire()) {
          fail(one, "more than " + AT_ONCE + " calls at the same time: call again later");
          continue;
        }
        posting.execute(
            () -> {
              try {
                exchange(api, one);
              } finally {
                free.release();
              }
            });
      }
    } finally {
      posting.shutdown();
      posting.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
      posting.shutdownNow();
    }
    return DONE;
  }

  /** The next line that is not empty; null at the end. Of a longer one than 1 MB the start. */
  private static byte @Nullable [] next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = in.read();
    while (read >= 0 && (read != '\n' || line.size() == 0)) {
      if (read != '\n' && read != '\r') {
        line.write(read);
        if (line.size() > MAX_LINE) {
          break;
        }
      }
      read = in.read();
    }
    return line.size() == 0 ? null : line.toByteArray();
  }

  private boolean isInitialize(byte[] message) {
    return "initialize".equals(node(message).path("method").asText());
  }

  /** Reads the rest of a line, of which nothing is kept but the id: many clients write it last. */
  private void refuseLong(InputStream in, byte[] start) throws IOException {
    RestOfLine rest = new RestOfLine(in);
    JsonNode id = json.nullNode();
    try (JsonParser parser =
        json.createParser(new SequenceInputStream(new ByteArrayInputStream(start), rest))) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean isId = parser.currentName().equals("id");
          if (isId && parser.nextToken().isScalarValue()) {
            id = parser.readValueAsTree();
          } else {
            if (!isId) {
              parser.nextToken();
            }
            parser.skipChildren();
          }
        }
      }
    } catch (JsonProcessingException e) {
      // It is refused in any case.
    }
    rest.transferTo(OutputStream.nullOutputStream());
    write(error(id, PARSE_ERROR, "the message is longer than 1 MB"));
  }

  /** The input up to the end of the line; closing it closes nothing. */
  private static final class RestOfLine extends InputStream {
    private final InputStream in;
    private boolean ended;

    RestOfLine(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int read = ended ? -1 : in.read();
      ended = read < 0 || read == '\n';
      return ended ? -1 : read;
    }
  }

  private void exchange(GatewayApi api, byte[] message) {
    try {
      JsonNode answer = node(api.mcp(message, version));
      if (!answer.has("jsonrpc")) {
        // An answer that was cut off, or the page of a proxy.
        fail(message, "the gateway gave no answer of MCP: call again, or check the URL");
        return;
      }
      JsonNode negotiated = answer.at("/result/protocolVersion");
      if (negotiated.isTextual()) {
        version = negotiated.textValue();
      }
      write(answer);
    } catch (IOException e) {
      String reason =
          e instanceof GatewayApi.Refused
              ? "the gateway refused: " + e.getMessage()
              : "the gateway cannot be reached: " + e.getClass().getSimpleName();
      complain(reason);
      fail(message, reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Every request is answered; notifications and responses are not. */
  private void fail(byte[] message, String reason) {
    JsonNode asked = node(message);
    if (asked.has("method") && asked.has("id")) {
      write(error(asked.path("id"), FAILURE, reason));
    }
  }

  private JsonNode node(byte[] bytes) {
    try {
      JsonNode node = json.readTree(bytes);
      return node == null ? json.missingNode() : node;
    } catch (JsonProcessingException e) {
      return json.missingNode(); // The gateway says so.
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
  }

  private ObjectNode error(JsonNode id, int code, String message) {
    ObjectNode error = json.createObjectNode().put("jsonrpc", "2.0");
    error.set("id", id);
    error.putObject("error").put("code", code).put("message", message);
    return error;
  }

  // Line ends within texts are escaped in JSON.
  private synchronized void write(JsonNode node) {
    line().out().writeBytes((node + "\n").getBytes(StandardCharsets.UTF_8));
    line().out().flush();
  }
}
