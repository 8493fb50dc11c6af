package org.byoemail.connect;

import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The look of the pages for owners of mailboxes. It does not change what they say about gateway,
 * organization and agent.
 *
 * @param name shown above the page; empty: the gateway's
 * @param logo path of a PNG, JPEG, WebP or SVG file of at most 200 KB; empty: none
 * @param colour of buttons, as #rrggbb; empty: the console's
 */
@ConfigurationProperties("byo.connect.brand")
record BrandSettings(
    @DefaultValue("") String name, @DefaultValue("") String logo, @DefaultValue("") String colour) {
  private static final int MAX_NAME = 60;
  private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

  BrandSettings {
    if (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "byo.connect.brand.name must be a line of at most " + MAX_NAME + " characters");
    }
    if (!colour.isEmpty() && !COLOUR.matcher(colour).matches()) {
      throw new IllegalArgumentException("byo.connect.brand.colour must be #rrggbb");
    }
  }
}
