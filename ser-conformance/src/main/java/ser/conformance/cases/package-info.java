/**
 * Cases of operations: each operation in many shapes, layouts and extreme values. A {@link
 * ser.conformance.cases.Case} is a small graph; a {@link ser.conformance.cases.CaseGraph} is that
 * graph with the tensors it runs on.
 */
package ser.conformance.cases;
