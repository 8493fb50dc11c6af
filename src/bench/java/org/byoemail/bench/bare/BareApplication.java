package org.byoemail.bench.bare;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * A Spring Boot application with the libraries of the gateway, so with all of their
 * auto-configuration, and no code, route or migration of its own: what a start is held against.
 */
@EnableAutoConfiguration
public class BareApplication {

  /** Runs until the process is told to stop. */
  public static void main(String[] args) {
    SpringApplication.run(BareApplication.class, args);
  }
}
