/**
 * Stands in for an optional native package in the shipped binary (`paths` in tsconfig.json). Left unresolved or external, the
 * binary would look for it in the node_modules of the current directory and run what somebody put there (Bun 1.4.5).
 */
export default undefined;
