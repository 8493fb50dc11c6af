package org.byoemail.account.provider;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Adds the tag {@code provider} to the observations of SMTP sends and IMAP polls: the name of the
 * provider that has the server, {@code other} for all other servers. Its values are as many as the
 * known providers, whatever hosts tenants name. Safe for use by many threads.
 */
@Component
class ProviderTag implements ObservationFilter {
  private static final Set<String> NAMES = Set.of("email.smtp.send", "email.imap.poll");
  private static final String HOST = "server.address";
  private static final String TAG = "provider";
  private static final String OTHER = "other";

  private final Providers providers;

  ProviderTag(Providers providers) {
    this.providers = providers;
  }

  @Override
  public Observation.Context map(Observation.Context context) {
    if (!NAMES.contains(context.getName())) {
      return context;
    }
    KeyValue host = context.getHighCardinalityKeyValue(HOST);
    return context.addLowCardinalityKeyValue(
        KeyValue.of(TAG, host == null ? OTHER : provider(host.getValue())));
  }

  private String provider(String host) {
    return providers.ofServer(host).map(Provider::name).orElse(OTHER);
  }
}
