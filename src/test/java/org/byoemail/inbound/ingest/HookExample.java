package org.byoemail.inbound.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.byoemail.platform.routes.RoutesReplaced;
import org.springframework.context.ApplicationEventPublisher;

/**
 * The example of docs/extending.md, as it stands there, with the HTTP service that it asks. Removed
 * from the running routes when it is closed.
 */
final class HookExample implements AutoCloseable {
  private static final String ROUTE = "hook-before-ingest";

  private final CamelContext camel;
  private final ApplicationEventPublisher events;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private volatile Function<JsonNode, Answer> filter = mail -> new Answer(200, "");

  /** What the service says. */
  record Answer(int status, String body) {}

  HookExample(CamelContext camel, ApplicationEventPublisher events) throws Exception {
    this.camel = camel;
    this.events = events;
    ObjectMapper json = new ObjectMapper();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/mail",
        exchange -> {
          JsonNode mail = json.readTree(exchange.getRequestBody());
          Answer answer = filter.apply(mail);
          asked.add(mail);
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    camel
        .getPropertiesComponent()
        .addOverrideProperty(
            "MAIL_FILTER_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/mail");
    PluginHelper.getRoutesLoader(camel)
        .loadRoutes(ResourceHelper.fromString("filter.camel.yaml", text()));
    events.publishEvent(new RoutesReplaced());
  }

  private static String text() throws IOException {
    Matcher example =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/extending.md")));
    if (!example.find()) {
      throw new IllegalStateException("docs/extending.md has no example");
    }
    return example.group(1);
  }

  /** From now on the service answers so. */
  void answers(Function<JsonNode, Answer> function) {
    filter = function;
  }

  /** The bodies that the service was sent. */
  List<JsonNode> asked() {
    return asked;
  }

  @Override
  public void close() throws Exception {
    camel.getRouteController().stopRoute(ROUTE);
    Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
    model.removeRouteDefinition(model.getRouteDefinition(ROUTE));
    events.publishEvent(new RoutesReplaced());
    server.stop(0);
    threads.shutdownNow();
  }
}
