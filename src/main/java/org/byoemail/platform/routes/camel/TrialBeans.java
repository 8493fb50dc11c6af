package org.byoemail.platform.routes.camel;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Component;
import org.apache.camel.Route;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spi.DataFormatCustomizer;
import org.apache.camel.spi.LanguageCustomizer;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;

/**
 * The beans of the running context, for a context that only builds routes. It gets substitutes for
 * components and policies, so that the running ones are not affected.
 */
final class TrialBeans implements BeanRepository {
  private static final Set<Class<?>> CUSTOMIZERS =
      Set.of(
          ComponentCustomizer.class,
          ComponentCustomizer.Policy.class,
          DataFormatCustomizer.class,
          DataFormatCustomizer.Policy.class,
          LanguageCustomizer.class,
          LanguageCustomizer.Policy.class);

  private final CamelContext running;
  private final Registry beans;

  TrialBeans(CamelContext running) {
    this.running = running;
    this.beans = running.getRegistry();
  }

  @Override
  public @Nullable Object lookupByName(String name) {
    return substitute(beans.lookupByName(name));
  }

  @Override
  public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
    T found = beans.lookupByNameAndType(name, type);
    return found == null ? null : type.cast(substitute(found));
  }

  @Override
  public <T> Map<String, T> findByTypeWithName(Class<T> type) {
    if (isOfTheContext(type)) {
      return Map.of();
    }
    return beans.findByTypeWithName(type).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, bean -> cast(type, bean.getValue())));
  }

  @Override
  public <T> Set<T> findByType(Class<T> type) {
    if (isOfTheContext(type)) {
      return Set.of();
    }
    return beans.findByType(type).stream()
        .map(bean -> cast(type, bean))
        .collect(Collectors.toSet());
  }

  /** Types that Camel looks up to extend a context, such as event notifiers: not on trial. */
  private static boolean isOfTheContext(Class<?> type) {
    return type.getName().startsWith("org.apache.camel.") && !CUSTOMIZERS.contains(type);
  }

  private <T> T cast(Class<T> type, T bean) {
    Object substitute = substitute(bean);
    return type.isInstance(substitute) ? type.cast(substitute) : bean;
  }

  private @Nullable Object substitute(@Nullable Object bean) {
    if (bean instanceof Component component) {
      return new TrialComponent(component);
    }
    if (bean instanceof RoutePolicy) {
      return new Inert();
    }
    return bean;
  }

  /** After the trial: Camel has injected the trial context into CamelContextAware beans. */
  void giveBack(CamelContext trial) {
    for (CamelContextAware bean : beans.findByType(CamelContextAware.class)) {
      if (bean.getCamelContext() == trial) {
        bean.setCamelContext(running);
      }
    }
  }

  /** A substitute for a policy. */
  private static final class Inert extends RoutePolicySupport {
    @Override
    public void onInit(Route route) {
      // The policy itself is not notified of routes that never run.
    }
  }
}
