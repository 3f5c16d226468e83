/** How large the mark of a tension is drawn, by how strongly it is felt: an area that grows evenly, 4 to 10 units. */
export function markRadius(intensity: number | null): number {
	return intensity === null ? 6 : Math.sqrt(16 + 84 * intensity);
}
