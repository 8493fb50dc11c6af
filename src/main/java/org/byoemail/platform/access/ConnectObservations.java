package org.byoemail.platform.access;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.springframework.http.server.observation.ServerHttpObservationDocumentation.HighCardinalityKeyNames;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Keeps the addresses of pages for owners of mailboxes out of spans: their holders may use them.
 * Immutable.
 */
@Component
class ConnectObservations implements ObservationFilter {
  private static final String PATH = "/connect/";
  private static final String URL = HighCardinalityKeyNames.HTTP_URL.asString();

  @Override
  public Observation.Context map(Observation.Context context) {
    if (context instanceof ServerRequestObservationContext request
        && request.getCarrier() != null
        && request.getCarrier().getRequestURI().contains(PATH)) {
      context.removeHighCardinalityKeyValue(URL);
      context.addHighCardinalityKeyValue(KeyValue.of(URL, PATH));
    }
    return context;
  }
}
