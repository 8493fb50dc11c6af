package org.byoemail.command.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
  private static final int AT_ONCE = 8;
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
    ExecutorService posting = Executors.newFixedThreadPool(AT_ONCE);
    Semaphore free = new Semaphore(AT_ONCE);
    try (InputStream in = new BufferedInputStream(line().in())) {
      for (byte[] message = next(in); message != null; message = next(in)) {
        byte[] one = message;
        if (isInitialize(one)) {
          exchange(api, one); // The version that it negotiates is sent with all others.
          continue;
        }
        free.acquire();
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

  /**
   * The next line that is not empty; null at the end. A longer one than 1 MB is cut, and refused.
   */
  private static byte @Nullable [] next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = in.read();
    while (read >= 0 && (read != '\n' || line.size() == 0)) {
      if (read != '\n' && read != '\r' && line.size() <= MAX_LINE) {
        line.write(read);
      }
      read = in.read();
    }
    return line.size() == 0 ? null : line.toByteArray();
  }

  private boolean isInitialize(byte[] message) {
    return message.length <= MAX_LINE && "initialize".equals(node(message).path("method").asText());
  }

  private void exchange(GatewayApi api, byte[] message) {
    if (message.length > MAX_LINE) {
      write(error(json.nullNode(), PARSE_ERROR, "the message is longer than 1 MB"));
      return;
    }
    try {
      byte[] answer = api.mcp(message, version);
      if (answer.length > 0) {
        JsonNode node = node(answer);
        JsonNode negotiated = node.at("/result/protocolVersion");
        if (negotiated.isTextual()) {
          version = negotiated.textValue();
        }
        write(node);
      }
    } catch (IOException e) {
      String reason =
          e instanceof GatewayApi.Refused
              ? "the gateway refused: " + e.getMessage()
              : "the gateway cannot be reached: " + e.getClass().getSimpleName();
      complain(reason);
      JsonNode id = node(message).path("id");
      if (!id.isMissingNode()) {
        write(error(id, FAILURE, reason));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
