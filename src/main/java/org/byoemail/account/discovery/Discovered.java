package org.byoemail.account.discovery;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * The result of a discovery.
 *
 * @param proposals the likeliest first; empty if nothing was found
 * @param steps the sources that were searched, in order
 */
public record Discovered(List<Proposal> proposals, List<Step> steps) {

  /**
   * One step.
   *
   * @param name of the source: preset, mx, autoconfig, srv, autodiscover, ispdb, guess
   * @param ok whether settings were found
   * @param detail what was found, or why nothing was; may be shown to the user
   */
  @Schema(name = "DiscoveryStep")
  public record Step(String name, boolean ok, String detail) {}

  public Discovered {
    proposals = List.copyOf(proposals);
    steps = List.copyOf(steps);
  }
}
