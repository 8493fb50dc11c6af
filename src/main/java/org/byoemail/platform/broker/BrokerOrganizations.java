package org.byoemail.platform.broker;

import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The organisations that producers at the broker submit for. */
public final class BrokerOrganizations {
  private BrokerOrganizations() {}

  /** The organisations by the names of the producers; {@code *} stands for all of them. */
  public static Map<String, String> of(Environment environment) {
    return Binder.get(environment)
        .bind("byo.broker.organizations", Bindable.mapOf(String.class, String.class))
        .orElse(Map.of());
  }
}
