import lodash from 'lodash'; // refused: noUndeclaredDependencies

export const everything = [lodash];
