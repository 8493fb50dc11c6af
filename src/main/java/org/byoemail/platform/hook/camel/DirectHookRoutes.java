package org.byoemail.platform.hook.camel;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.StreamCache;
import org.apache.camel.model.Model;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.platform.hook.HookRoutes;
import org.byoemail.platform.routes.RoutesReplaced;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Hooks are routes that consume {@code direct:hook-<point>}. Calls of a stopped hook wait and then
 * fail; calls wait while a hook is replaced.
 */
@Component
class DirectHookRoutes implements HookRoutes, CamelContextConfiguration {
  private static final String PREFIX = "direct:hook-";

  private volatile Set<HookPoint> present = EnumSet.noneOf(HookPoint.class);
  private volatile @Nullable CamelContext context;
  private volatile @Nullable ProducerTemplate producer;

  @Override
  public void beforeApplicationStart(CamelContext started) {
    context = started;
    producer = started.createProducerTemplate();
    look();
  }

  @Override
  public void afterApplicationStart(CamelContext started) {
    // Known since before it started.
  }

  @EventListener(RoutesReplaced.class)
  void look() {
    CamelContext camel = context;
    if (camel == null) {
      return;
    }
    Set<HookPoint> found = EnumSet.noneOf(HookPoint.class);
    camel
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .getRouteDefinitions()
        .forEach(
            route -> {
              String input = route.getInput().getEndpointUri().replaceFirst("\\?.*", "");
              for (HookPoint point : HookPoint.values()) {
                if (input.replace("://", ":").equals(PREFIX + point.word())) {
                  found.add(point);
                }
              }
            });
    present = found;
  }

  @Override
  public boolean has(HookPoint point) {
    return present.contains(point);
  }

  @Override
  public @Nullable Object run(HookPoint point, Map<String, Object> body, int maxBytes)
      throws Exception {
    ProducerTemplate template = producer;
    if (template == null) {
      throw new IllegalStateException("Camel has not started");
    }
    Exchange answered =
        template.send(
            PREFIX + point.word(),
            ExchangePattern.InOut,
            exchange -> {
              exchange.getMessage().setBody(body);
              exchange.getMessage().setHeader("hook", point.word());
            });
    if (answered.getException() != null) {
      throw answered.getException();
    }
    Object answer = answered.getMessage().getBody();
    if (answer instanceof StreamCache cache) {
      cache.reset();
    }
    if (answer == null || answer instanceof Map<?, ?> || answer instanceof byte[]) {
      return answer;
    }
    InputStream json = answered.getMessage().getBody(InputStream.class);
    return json == null ? answer : read(json, maxBytes);
  }

  private static byte[] read(InputStream json, int maxBytes) throws IOException {
    try (json) {
      return json.readNBytes(maxBytes + 1);
    }
  }
}
