package org.byoemail.platform.access;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import java.util.List;
import org.springframework.http.server.observation.ServerHttpObservationDocumentation.HighCardinalityKeyNames;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Keeps the addresses of pages for owners of mailboxes and of invitations out of spans: anyone who
 * has such an address may use it. Immutable.
 */
@Component
class ConnectObservations implements ObservationFilter {
  private static final List<String> PATHS = List.of("/connect/", "/invitations/");
  private static final String URL = HighCardinalityKeyNames.HTTP_URL.asString();

  @Override
  public Observation.Context map(Observation.Context context) {
    if (context instanceof ServerRequestObservationContext request
        && request.getCarrier() != null) {
      PATHS.stream()
          .filter(request.getCarrier().getRequestURI()::contains)
          .findFirst()
          .ifPresent(
              path -> {
                context.removeHighCardinalityKeyValue(URL);
                context.addHighCardinalityKeyValue(KeyValue.of(URL, path));
              });
    }
    return context;
  }
}
