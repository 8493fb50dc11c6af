package org.byoemail;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.modulith.Modulithic;

/** Starts the gateway. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Modulithic(systemName = "BYO Email", sharedModules = "mail")
public class ByoEmailApplication {

  /** Runs until the process is told to stop. */
  public static void main(String[] args) {
    SpringApplication.run(ByoEmailApplication.class, args);
  }
}
