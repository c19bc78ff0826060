/**
 * The conformance kit: what a backend must do, as rules ({@code RULES.md}) and as the tests that
 * prove them. A backend's own tests extend {@link ser.conformance.BackendConformance}, or {@link
 * ser.conformance.InferenceConformance} when it does not train.
 */
package ser.conformance;
