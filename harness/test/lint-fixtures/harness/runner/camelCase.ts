export const name = 'camelCase'; // refused: useFilenamingConvention
