package org.byoemail.outbound.composition;

import org.springframework.stereotype.Component;

/** The header field that carries the id of the attempt in every mail that is sent. */
@Component
public class AttemptHeader {
  private final String name;

  AttemptHeader(HeaderSettings settings) {
    this.name = settings.attemptHeader();
  }

  /** Its name. */
  public String name() {
    return name;
  }
}
