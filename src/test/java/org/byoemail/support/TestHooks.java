package org.byoemail.support;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.platform.hook.HookPoint;
import org.byoemail.platform.hook.HookRoutes;
import org.jspecify.annotations.Nullable;

/** Routes of an operator, without Camel: none until a test sets one. */
public final class TestHooks implements HookRoutes {
  private final Map<HookPoint, Hook> hooks = new ConcurrentHashMap<>();

  /** What answers. */
  public interface Hook {
    @Nullable Object answer(Map<String, Object> body) throws Exception;
  }

  public void set(HookPoint point, Hook hook) {
    hooks.put(point, hook);
  }

  public void clear() {
    hooks.clear();
  }

  @Override
  public boolean has(HookPoint point) {
    return hooks.containsKey(point);
  }

  @Override
  public @Nullable Object run(HookPoint point, Map<String, Object> body, int maxBytes)
      throws Exception {
    return hooks.get(point).answer(body);
  }
}
