package org.byoemail.platform.access;

import java.util.Map;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Hashes passwords at the least cost, or logins would take most of the time of tests of access. */
@TestConfiguration
public class QuickPasswords {
  /** The hash names the method, as that of the gateway does. */
  public static final PasswordEncoder ENCODER =
      new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(4)));

  @Bean
  @Primary
  Passwords quickPasswords(PeopleSettings settings) {
    return new Passwords(settings, ENCODER);
  }
}
