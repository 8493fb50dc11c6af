// Lints an OpenAPI document by Redocly's recommended rules; prints what is wrong, and fails if anything is.
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // Literal segments win over parameters (OpenAPI 3.1, section 4.8.8.2).
    'no-ambiguous-paths': 'off',
    // The rule does not see the properties that stand beside `not`.
    'no-required-schema-properties-undefined': 'off'
  }
});
const problems = await lint({ ref: process.argv[2], config });
for (const problem of problems) {
  console.log(`${problem.severity} ${problem.ruleId} ${problem.location[0]?.pointer ?? ''}: ${problem.message}`);
}
process.exit(problems.length === 0 ? 0 : 1);
